-- Stores or removes a schedule. Stores it only if it is still as the caller has read it.
-- KEYS[1] meta
-- ARGV[1] name
-- ARGV[2] definition   JSON; empty to remove
-- ARGV[3] next         ms of the next occurrence, -1 for none
-- ARGV[4] most         maximum number of schedules of the queue
-- ARGV[5] read         the definition that the caller has read; empty for none
-- ARGV[6] read_next    the next occurrence that the caller has read, 0 for none
-- returns a code
--   UNKNOWN: there is no such schedule to remove. CHANGED: it is not as the caller has read it

local meta = KEYS[1]
local name, definition, next, most, read, read_next = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
-- codes queue.schedule.ScheduleCode
local CREATED, REPLACED, REMOVED, UNKNOWN, TOO_MANY, CHANGED = 1, 0, 2, -1, -2, -3

local q = string.sub(meta, 1, -5)
local schedules, due = q .. 'schedules', q .. 'due'
if definition == '' then
  redis.call('ZREM', due, name)
  return redis.call('HDEL', schedules, name) == 1 and REMOVED or UNKNOWN
end
local stored = redis.call('HGET', schedules, name) or ''
if stored ~= read or tonumber(redis.call('ZSCORE', due, name) or 0) ~= tonumber(read_next) then return CHANGED end
if stored == '' and redis.call('HLEN', schedules) >= most then return TOO_MANY end
-- A schedule that hardly grows can be changed also while the memory of Redis is full: it refuses no write after the script's first one.
if stored ~= '' and #definition <= #stored + 1024 then redis.call('HDEL', schedules, '') end
redis.call('HSET', schedules, name, definition)
if next == '-1' then
  redis.call('ZREM', due, name)
else
  redis.call('ZADD', due, next, name)
end
return stored == '' and CREATED or REPLACED
