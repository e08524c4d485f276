-- Removes a queue that nobody uses: it has had no jobs, schedules, pause, waiting requests or windows of throttles for a while. Call it
-- repeatedly: the first call that finds the queue unused notes the time.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] after   ms of disuse after which the queue is removed
-- returns 1 if the queue is removed, else 0

local after = tonumber(ARGV[1])
local waiting = tonumber(redis.call('HGET', stats, 'waiting') or 0)
local windows = tonumber(redis.call('HGET', meta, 'until') or 0) > now
local used = redis.call('EXISTS', delayed, leased, dead, done, groups, q .. 'schedules', q .. 'limits')
write_even_if_full()
if paused or waited or listened or windows or waiting > 0 or used > 0 then
  redis.call('HDEL', meta, 'idle')
  return 0
end
-- Jobs may have come and gone between two calls.
local enqueued = redis.call('HGET', stats, 'enqueued') or '0'
local count, since = string.match(redis.call('HGET', meta, 'idle') or '', '^(%d+) (%d+)$')
if count ~= enqueued or tonumber(since) > now then
  redis.call('HSET', meta, 'idle', enqueued .. ' ' .. string.format('%.0f', now))
end
if count ~= enqueued or now - since < after then
  -- The note must outlive the time to the next call.
  expire_unless_used()
  return 0
end
-- What is left in the lists are ids of removed jobs.
for _, level in ipairs(redis.call('ZRANGE', levels, 0, -1)) do redis.call('DEL', q .. 'w:' .. level) end
redis.call('DEL', levels, meta, stats, unique, gone, pace, paced, seeking, q .. 'events')
return 1
