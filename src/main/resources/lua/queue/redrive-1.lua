-- Makes dead jobs ready again, the oldest first.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] most
-- ARGV[2] skipped  number of the oldest jobs to skip, because another job has their unique key
-- ARGV[3] upto     ms: jobs that died later stay; empty for now
-- returns {number of jobs made ready, number of further jobs to skip, upto}

local most, skipped, upto = ARGV[1], ARGV[2], ARGV[3]
-- Some may have died in a time of the queue that was ahead of Redis' clock.
if upto == '' then
  local last = redis.call('ZREVRANGE', dead, 0, 0, 'WITHSCORES')[2]
  upto = last and tonumber(last) > now and last or string.format('%.0f', now)
end
local moved, left = 0, 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', dead, '-inf', upto, 'LIMIT', skipped, most)) do
  if revive(id, redis.call('HGET', state, id), body(id)) then
    moved = moved + 1
  else
    left = left + 1
  end
end
if moved > 0 then wake() end
return { moved, left, upto }
