-- Notes the version of a queue's settings, so that no replica hands out jobs by other settings.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] version   empty for the default settings
-- ARGV[2] seen      the version that is noted now, or nothing changes; "*" for any
-- ARGV[3] rated     0 if the queue has no rate limit: what was used of one is forgotten
-- ARGV[4] limits    of groups without their own; empty for one job at a time
-- returns 1 noted, 0 not

local version, seen, rated, limits = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if seen ~= '*' and seen ~= (flags[4] or '') then return 0 end
write_even_if_full()
if rated == '0' then redis.call('HDEL', meta, 'rate') end
if limits ~= (flags[7] or '') then
  if limits == '' then redis.call('HDEL', meta, 'limits') else redis.call('HSET', meta, 'limits', limits) end
  -- By the new limits they may start now, or are parked again.
  local ids = redis.call('ZRANGEBYSCORE', parked, '(' .. now, '+inf', 'LIMIT', 0, 1000)
  while #ids > 0 do
    local due = {}
    for i, id in ipairs(ids) do due[2 * i - 1], due[2 * i] = 0, id end
    redis.call('ZADD', parked, unpack(due))
    ids = redis.call('ZRANGEBYSCORE', parked, '(' .. now, '+inf', 'LIMIT', 0, 1000)
  end
end
if version == '' then
  redis.call('HDEL', meta, 'set')
else
  redis.call('HSET', meta, 'set', version)
  redis.call('PERSIST', meta)
end
wake()
return 1
