-- Pauses a queue, which then hands out nothing, or lets it go on.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] why   one word; empty to go on
-- returns 1

if ARGV[1] ~= '' then
  redis.call('HSET', meta, 'paused', ARGV[1])
  redis.call('PERSIST', meta)
  tell('queue.paused', '', 'reason', ARGV[1])
else
  redis.call('HDEL', meta, 'paused')
  tell('queue.resumed', '')
  wake()
end
return 1
