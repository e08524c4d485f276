-- Makes a queue's ids continue with the time, in units of 10 µs since 2025, which is higher than all its ids. If a failover lost the last
-- jobs, the next jobs get new ids, and no lease token of a lost job matches another job.
-- uses queue/jobs
-- KEYS[1] meta
-- returns 1 if the queue has had jobs, is paused or has schedules, else 0

local last = tonumber(redis.call('HGET', meta, 'seq'))
if not last then return (paused or redis.call('EXISTS', q .. 'schedules') == 1) and 1 or 0 end
local floor = math.floor((now - 1735689600000) * 100)
if last < floor then
  write_even_if_full()
  redis.call('HSET', meta, 'seq', string.format('%.0f', floor))
end
return 1
