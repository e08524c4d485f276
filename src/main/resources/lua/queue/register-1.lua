-- Registers a queue, so that the maintenance covers it.
-- KEYS[1] index   set of the names of a tenant's queues
-- ARGV[1] name
-- ARGV[2] most    maximum number of queues of a tenant
-- returns 1, or 0 if there are too many

local index, name, most = KEYS[1], ARGV[1], tonumber(ARGV[2])
if redis.call('SISMEMBER', index, name) == 1 then return 1 end
if redis.call('SCARD', index) >= most then return 0 end
redis.call('SADD', index, name)
return 1
