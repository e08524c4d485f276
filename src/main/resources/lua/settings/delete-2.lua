-- Forgets a definition and notes the change, so that replicas notice it.
-- KEYS[1] definitions  hash of definitions by name
-- KEYS[2] version      the time of the last change, µs
-- ARGV[1] name
-- returns 1 deleted, 0 unknown

local deleted = redis.call('HDEL', KEYS[1], ARGV[1])
if deleted == 1 then
  local time = redis.call('TIME')
  redis.call('SET', KEYS[2], time[1] .. '.' .. time[2])
end
return deleted
