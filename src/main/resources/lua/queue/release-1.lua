-- Takes back jobs that never reached who asked for them: to the front of the line, as if nothing had been.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV     per job, two: id, number of the delivery; in the order they were handed out
-- returns how many were taken back

local released, back = 0, {}
for i = 1, #ARGV, 2 do
  local id, delivery = ARGV[i], tonumber(ARGV[i + 1])
  local st = redis.call('HGET', state, id)
  local failures, stalls, deliveries, marks = parts(st)
  if delivery == deliveries and redis.call('ZREM', leased, id) == 1 then
    released = released + 1
    if mark(st, 'c') then
      remove(id, st, 'job.cancelled')
    else
      redis.call('HSET', state, id, failures .. ' ' .. stalls .. ' ' .. deliveries .. marks)
      back[#back + 1] = id
    end
  end
end
for i = #back, 1, -1 do ready(back[i], priority(body(back[i])), true) end
count('waiting', #back)
if released > 0 then wake() end
return released
