-- Makes a queue's ids go on with the time, in units of 10 µs since 2025, which is ahead of them: where a failover lost the last jobs,
-- the next ones get ids of their own, and no lease of a lost job fits another.
-- uses queue/jobs
-- KEYS[1] meta
-- returns 1 if the queue has had jobs, else 0

local last = tonumber(redis.call('HGET', meta, 'seq'))
if not last then return 0 end
local floor = math.floor((now - 1735689600000) * 100)
if last < floor then redis.call('HSET', meta, 'seq', string.format('%.0f', floor)) end
return 1
