-- Notes the version of a queue's settings, so that no replica hands out jobs by other settings.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] version   empty for the default settings
-- ARGV[2] seen      the version that is noted now, or nothing changes; "*" for any
-- ARGV[3] limit     "<ms per job> <burst>" of the rate; "0 0" for none: what was used of one is forgotten
-- ARGV[4] limits    of groups without their own; empty for one job at a time
-- returns a code
--   UNFINISHED: noted, and regroup-1 has to apply the limits to groups. BUSY: nothing has changed, because regroup-1 has to apply earlier
--   limits first

local version, seen, limit, limits = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
-- codes queue.store.ConfigureOutcome
local NOTED, OTHER, UNFINISHED, BUSY = 1, 0, 2, 3

if seen ~= '*' and seen ~= (flags[4] or '') then return OTHER end
local code = NOTED
write_even_if_full()
if limits ~= (flags[7] or '') then
  if flags[8] then return BUSY end
  redis.call('HSET', meta, 'was', flags[7] or '1 0 0', 'regroup', '0')
  -- What was `pace` is `paced` from now on.
  if flags[9] then redis.call('HDEL', meta, 'swapped') else redis.call('HSET', meta, 'swapped', '1') end
  if limits == '' then redis.call('HDEL', meta, 'limits') else redis.call('HSET', meta, 'limits', limits) end
  code = UNFINISHED
end
if limit == '0 0' then
  redis.call('HDEL', meta, 'rate')
else
  -- Now, for what is regained from now on is regained at the new pace.
  local upto, noted = rate_used_up(limit)
  if not noted then note_rate(upto, limit) end
end
if version == '' then
  redis.call('HDEL', meta, 'set')
else
  redis.call('HSET', meta, 'set', version)
  redis.call('PERSIST', meta)
end
wake()
return code
