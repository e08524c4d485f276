-- Makes a dead job ready again, with all its attempts before it, or a delayed one without delay.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] id
-- returns 'ok', 'taken' if another job has its unique key, or the state the job is in

local id = ARGV[1]
local place = where(id)
local text = body(id)
local st = redis.call('HGET', state, id) or nil
if place == 'dead' then
  if not revive(id, st, text) then return 'taken' end
elseif place == 'delayed' then
  redis.call('ZREM', delayed, late(id, priority(text)))
  if heads(id, st) then ready(id, priority(text)) end
  count('waiting', 1)
  tell('job.waiting', id)
else
  return place
end
wake()
return 'ok'
