-- Stores or removes a schedule.
-- KEYS[1] meta
-- ARGV[1] name
-- ARGV[2] definition   JSON; empty to remove
-- ARGV[3] next         ms of the first occurrence
-- ARGV[4] most         maximum number of schedules of the queue
-- returns a code
--   UNKNOWN: there is no such schedule to remove

local meta = KEYS[1]
local name, definition, next, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
-- codes queue.schedule.ScheduleCode
local CREATED, REPLACED, REMOVED, UNKNOWN, TOO_MANY = 1, 0, 2, -1, -2

local q = string.sub(meta, 1, -5)
local schedules, due = q .. 'schedules', q .. 'due'
if definition == '' then
  redis.call('ZREM', due, name)
  return redis.call('HDEL', schedules, name) == 1 and REMOVED or UNKNOWN
end
local new = redis.call('HEXISTS', schedules, name) == 0
if new and redis.call('HLEN', schedules) >= most then return TOO_MANY end
redis.call('HSET', schedules, name, definition)
redis.call('ZADD', due, next, name)
return new and CREATED or REPLACED
