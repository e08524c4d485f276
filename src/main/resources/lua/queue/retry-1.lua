-- Makes a dead job ready, with all its attempts again, or a delayed job without waiting for its due time.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] id
-- returns a code
--   TAKEN: another job has its unique key. GONE, WAITING, ACTIVE, COMPLETED: the state of the job, which does not change

local id = ARGV[1]
-- codes queue.store.RetryOutcome
local OK, TAKEN, GONE, WAITING, ACTIVE, COMPLETED = 1, 2, 0, 3, 4, 5

local place = where(id)
local text = body(id)
local st = redis.call('HGET', state, id) or nil
if place == 'dead' then
  if not revive(id, st, text) then return TAKEN end
elseif place == 'delayed' then
  redis.call('ZREM', delayed, late(id, priority(text)))
  if heads(id, st) then ready(id, priority(text)) end
  count('waiting', 1)
  tell('job.waiting', id)
else
  return ({ gone = GONE, waiting = WAITING, active = ACTIVE, completed = COMPLETED })[place]
end
wake()
return OK
