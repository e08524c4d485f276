-- Takes back jobs that never reached the client: to the front of their list, as if they had not been delivered.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV     per job, two: id, number of the delivery; in the order of delivery
-- returns the number of jobs taken back

write_even_if_full()
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
