-- Notes that a queue is in use, so that what falls due in it is seen to.
-- KEYS[1] index   set of the names of a tenant's queues
-- ARGV[1] name
-- ARGV[2] most    queues a tenant may have
-- returns 1, or 0 if there are too many

if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
return 1
