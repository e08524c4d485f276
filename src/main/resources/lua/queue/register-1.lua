-- Notes that a queue is in use, so that what falls due in it is seen to.
-- KEYS[1] index   set of the names of a tenant's queues
-- ARGV[1] name
-- ARGV[2] most    queues a tenant may have
-- returns 1, or 0 if there are too many

local index, name, most = KEYS[1], ARGV[1], tonumber(ARGV[2])
if redis.call('SISMEMBER', index, name) == 1 then return 1 end
if redis.call('SCARD', index) >= most then return 0 end
redis.call('SADD', index, name)
return 1
