-- Gives jobs back, at no cost of an attempt or a stall: to the front of their list, or delayed. A lease token that is not the current
-- one changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV     per job, three: id, number of the delivery, ms to wait. Those that do not wait keep this order at the front
-- returns {code, ...}
--   CANCELLED: a client had cancelled the job, which is removed. STALE: the lease token is not the job's current one. UNKNOWN: there
--   is no such job

-- codes queue.store.AnswerCode
local RELEASED, CANCELLED, STALE, UNKNOWN = 7, 4, 0, -1

write_even_if_full()
local codes, back, freed = {}, {}, false
for i = 1, #ARGV / 3 do
  local at = 3 * i - 2
  local id, delivery, delay = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local st = redis.call('HGET', state, id)
  local failures, stalls, deliveries, marks = parts(st)
  local text = body(id)
  if not text then
    codes[i] = UNKNOWN
  elseif delivery ~= deliveries or redis.call('ZREM', leased, id) == 0 then
    codes[i] = STALE
  else
    freed = true
    if mark(st, 'c') then
      codes[i] = CANCELLED
      remove(id, st, 'job.cancelled')
    else
      codes[i] = RELEASED
      redis.call('HSET', state, id, failures .. ' ' .. stalls .. ' ' .. deliveries .. marks)
      if delay > 0 then
        redis.call('ZADD', delayed, now + delay, late(id, priority(text)))
      else
        back[#back + 1] = { id, priority(text) }
      end
      tell('job.released', id, 'delay', delay)
    end
  end
end
for i = #back, 1, -1 do ready(back[i][1], back[i][2], true) end
count('waiting', #back)
-- The concurrency limit has room, whether or not the job waits.
if freed then wake() end
return codes
