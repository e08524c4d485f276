-- Deletes a definition and notes the change, so that replicas notice it.
-- KEYS[1] definitions  hash of definitions by name
-- KEYS[2] version      the time of the last change, µs
-- ARGV[1] name
-- returns 1 deleted, 0 unknown

local definitions, version, name = KEYS[1], KEYS[2], ARGV[1]

local deleted = redis.call('HDEL', definitions, name)
if deleted == 1 then
  local time = redis.call('TIME')
  redis.call('SET', version, time[1] .. '.' .. time[2])
end
return deleted
