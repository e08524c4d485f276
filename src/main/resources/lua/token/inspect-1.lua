-- Reads the family of a refresh token and changes nothing, even if the token was already rotated.
-- KEYS[1] records   as in user/add-4
-- ARGV[1] family
-- ARGV[2] presented digest of the token
-- returns {user, state, data}, or nil if the token is not the family's current one or the family has expired

local records, family, presented = KEYS[1], ARGV[1], ARGV[2]
local found = redis.call('HMGET', records, 'user', family, family .. ':d')
if not found[2] then return false end
local digest, seen, idle, absolute = string.match(found[2], '^(%S+) %d+ %d+ (%d+) (%d+) (%d+)')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if digest ~= presented or now >= math.min(seen + idle, absolute) then return false end
return found
