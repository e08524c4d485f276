-- Gives a lease up without an entry, and for a while tells those who ask why.
-- KEYS[1] entry  as in put-4
-- KEYS[2] lease
-- ARGV[1] token  of the lease; `pass` where that is the reason so far
-- ARGV[2] why    `failed`, `failed:<status>` for one that said when to ask again, or `pass` for an entry that must not be stored
-- ARGV[3] ms     for how long; 0 to say nothing
-- ARGV[4] drop   1 to remove the entry that is there still, which must not be served any more
-- returns 1, or 0 if the lease was void by then

local entry, lease = KEYS[1], KEYS[2]
local token, why, ms, drop = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local held = redis.call('GET', lease)
if not held or string.match(held, '^%S+') ~= token then return 0 end
-- The first write needs no memory, so Redis does not refuse the second when its memory is full.
redis.call('UNLINK', lease)
if drop then redis.call('UNLINK', entry) end
if ms > 0 then redis.call('SET', lease, why, 'PX', ms) end
return 1
