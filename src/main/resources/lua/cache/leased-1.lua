-- Whether a caller computes a variant of an entry.
-- uses cache/leases
-- KEYS[1] lease     of variants, as in leases
-- ARGV[1] variant   as in put-4, not empty
-- returns 1, or 0 if nobody does, also where there is a reason for that

local lease, variant = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local record = holder(lease, variant, time[1] * 1000 + math.floor(time[2] / 1000))
return record and string.find(record, ' ', 1, true) and 1 or 0
