-- Rotates the token of a session. The presented token is invalid from then on. The session's deadlines do not change.
-- KEYS[1] records   as in user/add-4
-- ARGV[1] id
-- ARGV[2] presented digest of the presented token
-- ARGV[3] successor digest of the new token
-- ARGV[4] proved    1 if the user has just authenticated again
-- returns {user, state, data, device} as in current-2; or nil if the token is not valid

local records = KEYS[1]
local id, presented, successor, proved = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local found = redis.call('HMGET', records, 'user', id, id .. ':d', id .. ':v')
if not found[2] then return false end
local digest, version, created, seen, idle, absolute, tail =
  string.match(found[2], '^(%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if digest ~= presented or now >= math.min(seen + idle, absolute) then return false end

local state = table.concat({ successor, version, created, seen, idle, absolute, proved and now or tail }, ' ')
redis.call('HSET', records, id, state)
return { found[1], state, found[3], found[4] or '' }
