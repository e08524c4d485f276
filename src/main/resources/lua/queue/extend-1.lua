-- Extends leases, and stores progress. A lease token that is not the current one changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] fallback lease in ms, of jobs without their own
-- ARGV     then, per job, four: id, number of the delivery, ms from now or 0 for the job's own lease, and progress, JSON, empty for none
-- returns {code, lease end, ...}
--   CANCEL_REQUESTED: extended, and a client has cancelled the job. STALE: the lease token is not the job's current one. UNKNOWN:
--   there is no such job. With STALE and UNKNOWN, the lease end is 0

-- codes queue.store.AnswerCode
local EXTENDED, CANCEL_REQUESTED, STALE, UNKNOWN = 5, 6, 0, -1

local fallback = tonumber(ARGV[1])
write_even_if_full()
local reply = {}
for i = 1, (#ARGV - 1) / 4 do
  local at = 4 * i - 2
  local id, delivery, lease, progress = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
  local st = redis.call('HGET', state, id)
  local _, _, deliveries = parts(st)
  local code, ends = STALE, 0
  if not redis.call('ZSCORE', leased, id) or delivery ~= deliveries then
    if not body(id) then code = UNKNOWN end
  else
    code = mark(st, 'c') and CANCEL_REQUESTED or EXTENDED
    if lease == 0 then lease = tonumber(mark(st, 'l')) or fallback end
    ends = now + lease
    redis.call('ZADD', leased, 'XX', ends, id)
    if progress ~= '' then
      redis.call('HSET', state, id, st or '0 0 1', id .. ':p', progress)
      -- Thousands of events are kept and read together, so large progress is only stored with the job.
      if #progress <= 1024 then tell('job.progress', id, 'progress', progress) else tell('job.progress', id) end
    end
  end
  reply[2 * i - 1], reply[2 * i] = code, math.max(0, ends - skew)
end
return reply
