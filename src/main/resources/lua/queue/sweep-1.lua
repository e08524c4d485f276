-- Makes due jobs ready, takes back jobs whose lease has expired, and deletes ended jobs after their retention.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] allowed   number of expired leases that a job survives
-- ARGV[2] completed_for ms that completed jobs are retained
-- ARGV[3] dead_for  ms that dead jobs are retained
-- ARGV[4] most      jobs of each kind
-- returns {1 if there is more to do now, else 0, waiting, delayed, active, dead, completed, removed, enqueued, kept,
--   why the queue is paused or '', ms until the next occurrence of a schedule, 0 if one is due, -1 for none};
--   kept: completed jobs that are retained

local allowed, completed_for, dead_for, most = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local moved = promote(most)
local taken = reclaim(most, allowed)
if moved + taken > 0 then wake() end

local function trim(set, kept, counted)
  local ids = redis.call('ZRANGEBYSCORE', set, '-inf', now - kept, 'LIMIT', 0, most)
  if #ids > 0 then
    redis.call('ZREM', set, unpack(ids))
    for _, id in ipairs(ids) do forget(id, redis.call('HGET', state, id)) end
    if counted then count('removed', #ids) end
  end
  return #ids
end
local trimmed = math.max(trim(done, completed_for, false), trim(dead, dead_for, true))

local soonest = redis.call('ZRANGE', q .. 'due', 0, 0, 'WITHSCORES')[2]
local s = redis.call('HMGET', stats, 'waiting', 'completed', 'removed', 'enqueued')
return { math.max(moved, taken, trimmed) >= most and 1 or 0, tonumber(s[1] or 0), redis.call('ZCARD', delayed),
  redis.call('ZCARD', leased), redis.call('ZCARD', dead), tonumber(s[2] or 0), tonumber(s[3] or 0), tonumber(s[4] or 0),
  redis.call('ZCARD', done), paused or '', soonest and math.max(0, soonest - now) or -1 }
