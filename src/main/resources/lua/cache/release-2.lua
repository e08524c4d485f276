-- Gives a lease up without an entry, and for a while tells those who ask why. It concerns one variant, and no other of the entry.
-- uses cache/entry
-- uses cache/leases
-- KEYS[1] entry    as in put-4
-- KEYS[2] lease    as in put-4
-- ARGV[1] token    of the lease; `pass` where that is the reason so far
-- ARGV[2] why      `failed`, `failed:<status>` for one that said when to ask again, or `pass` for an entry that must not be stored
-- ARGV[3] ms       for how long; 0 to say nothing
-- ARGV[4] drop     1 to remove the entry that is there still, which must not be served any more
-- ARGV[5] variant  as in put-4
-- returns 1, or 0 if the lease was void by then

local entry, lease = KEYS[1], KEYS[2]
local token, why, ms, drop, variant = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = holder(lease, variant, now)
if not held or string.match(held, '^%S+') ~= token then return 0 end
-- The first write needs no memory, so Redis does not refuse the last when its memory is full.
vacate(lease, variant)
if drop then remove(redis.call, entry, variant) end
if ms > 0 then hold(redis.call, lease, variant, why, now, ms) end
return 1
