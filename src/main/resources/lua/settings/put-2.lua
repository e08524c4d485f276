-- Stores a definition and notes the change, so that replicas notice it.
-- KEYS[1] definitions  hash of definitions by name; lives until deleted
-- KEYS[2] version      the time of the last change, µs; lives as long as the definitions
-- ARGV[1] name
-- ARGV[2] definition
-- ARGV[3] most         definitions there may be
-- returns a code

local definitions, version = KEYS[1], KEYS[2]
local name, definition, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
-- codes settings.PutResult
local CREATED, REPLACED, TOO_MANY = 1, 0, -1

local stored = redis.call('HGET', definitions, name)
if not stored and redis.call('HLEN', definitions) >= most then return TOO_MANY end
-- A definition that hardly grows can be changed also while the memory of Redis is full, for example to keep less: Redis refuses no write
-- after the script's first one, which needs no memory here.
if stored and #definition <= #stored + 1024 then redis.call('HDEL', definitions, '') end
local time = redis.call('TIME')
redis.call('SET', version, time[1] .. '.' .. time[2])
return redis.call('HSET', definitions, name, definition) == 1 and CREATED or REPLACED
