-- Prolongs leases, and notes progress. An answer under another lease changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] lease   ms, of jobs that have none of their own
-- ARGV     then, per job, four: id, number of the delivery, ms from now or 0 for the job's own, and progress, JSON, empty for none
-- returns {code, lease end, ...}: 5 extended, 6 extended and somebody wants it cancelled, 0 stale, -1 unknown

local reply = {}
for i = 1, (#ARGV - 1) / 4 do
  local at = 4 * i - 2
  local id = ARGV[at]
  local st = redis.call('HGET', state, id)
  local _, _, deliveries = parts(st)
  local code, ends = 0, 0
  if not redis.call('ZSCORE', leased, id) or tonumber(ARGV[at + 1]) ~= deliveries then
    if not body(id) then code = -1 end
  else
    code = mark(st, 'c') and 6 or 5
    local lease = tonumber(ARGV[at + 2])
    if lease == 0 then lease = tonumber(mark(st, 'l')) or tonumber(ARGV[1]) end
    ends = now + lease
    redis.call('ZADD', leased, 'XX', ends, id)
    if ARGV[at + 3] ~= '' then
      redis.call('HSET', state, id, st or '0 0 1', id .. ':p', ARGV[at + 3])
      -- What is large is for those who look at the job: thousands of events are kept, and read together.
      if #ARGV[at + 3] <= 1024 then tell('job.progress', id, 'progress', ARGV[at + 3]) else tell('job.progress', id) end
    end
  end
  reply[2 * i - 1], reply[2 * i] = code, ends
end
return reply
