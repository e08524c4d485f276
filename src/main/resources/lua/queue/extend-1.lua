-- Prolongs leases, and notes progress. An answer under another lease changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] fallback ms, of jobs that have none of their own
-- ARGV     then, per job, four: id, number of the delivery, ms from now or 0 for the job's own, and progress, JSON, empty for none
-- returns {code, lease end, ...}: 5 extended, 6 extended and somebody wants it cancelled, 0 stale, -1 unknown

local fallback = tonumber(ARGV[1])
local reply = {}
for i = 1, (#ARGV - 1) / 4 do
  local at = 4 * i - 2
  local id, delivery, lease, progress = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
  local st = redis.call('HGET', state, id)
  local _, _, deliveries = parts(st)
  local code, ends = 0, 0
  if not redis.call('ZSCORE', leased, id) or delivery ~= deliveries then
    if not body(id) then code = -1 end
  else
    code = mark(st, 'c') and 6 or 5
    if lease == 0 then lease = tonumber(mark(st, 'l')) or fallback end
    ends = now + lease
    redis.call('ZADD', leased, 'XX', ends, id)
    if progress ~= '' then
      redis.call('HSET', state, id, st or '0 0 1', id .. ':p', progress)
      -- What is large is for those who look at the job: thousands of events are kept, and read together.
      if #progress <= 1024 then tell('job.progress', id, 'progress', progress) else tell('job.progress', id) end
    end
  end
  reply[2 * i - 1], reply[2 * i] = code, ends
end
return reply
