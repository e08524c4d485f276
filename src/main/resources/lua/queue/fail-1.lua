-- Records failures of jobs. Each job is retried later, or is dead. A lease token that is not the current one changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] attempts   maximum number of attempts, of jobs without their own
-- ARGV[2] fallback   the backoff, of jobs without their own: <x exponential|f fixed>:<delay ms>:<most ms>:<jitter>
-- ARGV     then, per job, six: id, number of the delivery, error, ms to wait or -1 for the backoff, what to do (0 retry if
--   attempts are left, 1 dead at once, 2 postpone without counting the attempt), and a random number below 1 for the jitter
-- returns {code, ...}
--   STALE: the lease token is not the job's current one. UNKNOWN: there is no such job

-- codes queue.store.AnswerCode
local RETRYING, DEAD, CANCELLED, STALE, UNKNOWN = 2, 3, 4, 0, -1

local attempts, fallback = ARGV[1], ARGV[2]

local function backoff(rule, failures, random)
  local kind, delay, most, jitter = string.match(rule, '^(.):(%d+):(%d+):([%d.]+)$')
  delay = tonumber(delay)
  if kind == 'x' then delay = delay * 2 ^ math.min(failures - 1, 40) end
  delay = math.min(delay, tonumber(most))
  return math.floor(delay * (1 - jitter * random))
end

local codes = {}
local freed = false
for i = 1, (#ARGV - 2) / 6 do
  local at = 6 * i - 3
  local id, delivery, why = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local delay, what, random = tonumber(ARGV[at + 3]), ARGV[at + 4], ARGV[at + 5]
  local st = redis.call('HGET', state, id)
  local failures, stalls, deliveries, marks = parts(st)
  local text = body(id)
  if not text then
    codes[i] = UNKNOWN
  elseif delivery ~= deliveries or redis.call('ZREM', leased, id) == 0 then
    codes[i] = STALE
  else
    freed = true
    if what ~= '2' then failures = failures + 1 end
    local options = string.match(text, '^%d+ %-?%d+([^\n]*)')
    if mark(st, 'c') then
      codes[i] = CANCELLED
      remove(id, st, 'job.cancelled')
    elseif what == '1' or what == '0' and failures >= tonumber(mark(options, 'a') or attempts) then
      codes[i] = DEAD
      bury(id, failures, stalls, deliveries, marks, why)
    else
      codes[i] = RETRYING
      redis.call('HSET', state, id, failures .. ' ' .. stalls .. ' ' .. deliveries .. marks, id .. ':e', why)
      if delay < 0 then delay = backoff(mark(options, 'b') or fallback, math.max(1, failures), random) end
      if delay > 0 then
        redis.call('ZADD', delayed, now + delay, late(id, priority(text)))
        if delay < 1000 then wake() end
      else
        ready(id, priority(text), true)
        count('waiting', 1)
      end
      tell('job.retrying', id, 'error', why, 'delay', delay)
    end
  end
end
if freed and waited and tonumber(redis.call('HGET', stats, 'waiting') or 0) > 0 then wake() end
return codes
