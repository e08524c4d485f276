-- Deletes an entry with all its variants if the preconditions are met, and voids the leases of callers that compute it or them.
-- uses cache/preconditions
-- KEYS[1] entry     as in put-4
-- KEYS[2] lease     of the entry without variants, as in leases
-- KEYS[3] versions
-- KEYS[4] index
-- KEYS[5] leases    of its variants
-- ARGV[1] region
-- ARGV[2] match     `If-Match`, of the variant: empty for none, `*`, or tags, each between blanks
-- ARGV[3] none      `If-None-Match`, the same
-- ARGV[4] name      of the entry in the index
-- ARGV[5] variant   as in put-4, for the preconditions; all variants are deleted
-- returns a code
--   UNMET: a precondition is, and nothing was changed

local entry, lease, versions, index, leases = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local region, match, none, name, variant = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
-- codes cache.DeleteCode
local DELETED, UNMET = 1, -2

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if not met(match, none, entry, variant, versions, region, now) then return UNMET end
redis.call('UNLINK', entry, lease, leases)
redis.call('ZREM', index, name)
return DELETED
