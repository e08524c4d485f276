-- Keeps a definition and notes the change, so that replicas notice it.
-- KEYS[1] definitions  hash of definitions by name; lives until deleted
-- KEYS[2] version      the time of the last change, µs; lives as long as the definitions
-- ARGV[1] name
-- ARGV[2] definition
-- ARGV[3] most         definitions there may be
-- returns 1 created, 0 replaced, -1 refused: too many

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  return -1
end
local time = redis.call('TIME')
redis.call('SET', KEYS[2], time[1] .. '.' .. time[2])
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
