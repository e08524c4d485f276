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

local had = redis.call('HEXISTS', q .. 'limits', name) == 1
if limits == '' then
  redis.call('HDEL', q .. 'limits', name)
  redis.call('ZREM', q .. 'limited', name)
else
  if had then write_even_if_full() end
  if not had and redis.call('HLEN', q .. 'limits') >= most then return TOO_MANY end
  redis.call('HSET', q .. 'limits', name, limits)
  redis.call('ZADD', q .. 'limited', 0, name)
end
local ids = redis.call('HGET', groups, name)
if ids then
  for id in string.gmatch(ids, '%d+') do
    local text = redis.call('ZREM', parked, id) == 1 and body(id)
    if text then ready(id, priority(text)) end
  end
  if ids ~= '0' then succeed(name, ids) end
  wake()
end
return had and REPLACED or CREATED
