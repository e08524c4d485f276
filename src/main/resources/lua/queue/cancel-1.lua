-- Cancels a job. Removes it, or, if a worker has it, notifies the worker when it next extends the lease.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] id
-- returns a code
--   REQUESTED: a worker has the job and will be notified

local id = ARGV[1]
-- codes queue.store.CancelOutcome
local REMOVED, REQUESTED, UNKNOWN = 1, 2, 0

local text = body(id)
if not text then return UNKNOWN end
local st = redis.call('HGET', state, id) or nil
write_even_if_full()
local place = where(id)
if place == 'active' then
  if not mark(st, 'c') then redis.call('HSET', state, id, (st or '0 0 1') .. ' c') end
  tell('job.cancelling', id)
  return REQUESTED
end
if place == 'waiting' then
  withdraw(id, st, priority(text))
elseif place == 'delayed' then
  redis.call('ZREM', delayed, late(id, priority(text)))
else
  redis.call('ZREM', place == 'dead' and dead or done, id)
end
if place == 'completed' then
  -- The counter of completed jobs does not change.
  forget(id, st)
else
  remove(id, st, 'job.cancelled')
  -- The next job of its group may be ready now.
  wake()
end
return REMOVED
