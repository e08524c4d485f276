-- Pauses a queue, so that it hands out no jobs, or resumes it.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] why   one word; empty to resume
-- returns 1

local why = ARGV[1]
if why ~= '' then
  write_even_if_full()
  redis.call('HSET', meta, 'paused', why)
  redis.call('PERSIST', meta)
  tell('queue.paused', '', 'reason', why)
else
  redis.call('HDEL', meta, 'paused')
  tell('queue.resumed', '')
  wake()
end
return 1
