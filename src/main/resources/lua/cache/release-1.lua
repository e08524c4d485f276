-- Gives a lease up without an entry, and for a while tells those who ask why.
-- KEYS[1] lease  as in put-3
-- ARGV[1] token  of the lease
-- ARGV[2] why    failed, or pass for an entry that must not be stored
-- ARGV[3] ms     for how long
-- returns 1, or 0 if the lease was void by then

local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%S+') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
