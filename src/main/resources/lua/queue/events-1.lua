-- Reads events. Scripts write events only while a client listens: for a minute after the last read.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] after   id of the last event that was read; empty to get the current last id
-- ARGV[2] most    events
-- returns {{id, {field, value, ...}}, ...}, or the id

local after, most = ARGV[1], ARGV[2]
-- Operators follow a queue also while memory is full. A queue that is unused gets no key then.
if redis.call('EXISTS', meta) == 1 then write_even_if_full() end
redis.call('HSET', meta, 'listen', now + 60000)
expire_unless_used()
if after == '' then
  local last = redis.call('XREVRANGE', q .. 'events', '+', '-', 'COUNT', 1)[1]
  return last and last[1] or wall .. '-0'
end
return redis.call('XRANGE', q .. 'events', '(' .. after, '+', 'COUNT', most)
