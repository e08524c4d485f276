-- Sets or removes the limits of a group. They hold at once.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] name    of the group
-- ARGV[2] limits  empty to remove
-- ARGV[3] most    maximum number of groups with limits of their own
-- returns a code

local name, limits, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
-- codes settings.PutResult
local CREATED, REPLACED, TOO_MANY = 1, 0, -1

if flags[8] then adopt(name) end
local _, before, _, had = limits_of(name)
if limits == '' then
  redis.call('HDEL', q .. 'limits', name)
  redis.call('ZREM', q .. 'limited', name)
else
  if had then write_even_if_full() end
  if not had and redis.call('HLEN', q .. 'limits') >= most then return TOO_MANY end
  redis.call('HSET', q .. 'limits', name, limits)
  redis.call('ZADD', q .. 'limited', 0, name)
end
local upto = redis.call('ZSCORE', pace, name)
if upto then convert(name, tonumber(upto), before) end
regroup(name)
wake()
return had and REPLACED or CREATED
