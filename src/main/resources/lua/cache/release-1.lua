-- Gives a lease up without an entry, and for a while tells those who ask why.
-- KEYS[1] lease  as in put-3
-- ARGV[1] token  of the lease
-- ARGV[2] why    failed, or pass for an entry that must not be stored
-- ARGV[3] ms     for how long
-- returns 1, or 0 if the lease was void by then

local lease, token, why, ms = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('GET', lease)
if not held or string.match(held, '^%S+') ~= token then return 0 end
-- The first write needs no memory, so Redis does not refuse the second when its memory is full.
redis.call('PEXPIRE', lease, ms)
redis.call('SET', lease, why, 'PX', ms)
return 1
