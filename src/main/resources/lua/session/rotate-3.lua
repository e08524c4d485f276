-- Rotates the token of a session. While the grace lasts, the previous token still reads the session, and rotating it again returns the
-- same successor. The session's deadlines do not change.
-- KEYS[1] records   as in user/add-4; the tail of a session's state is the ms at which the user last authenticated, and after a rotation
--                   the previous digest, the salt of its successor or `-`, the ms of the rotation, and its grace in ms
-- KEYS[2] index
-- KEYS[3] due
-- ARGV[1] id
-- ARGV[2] presented digest of the presented token
-- ARGV[3] successor digest of the new token, if this call decides on it
-- ARGV[4] salt      from which that token is derived
-- ARGV[5] grace     ms; 0 ends the presented token at once, and takes none but the present token
-- ARGV[6] proved    1 if the user has just authenticated again
-- ARGV[7] remember  ms after a rotation for which an earlier token is told apart from an unknown one
-- ARGV[8] owner     member of `due`
-- returns {code}; with FIRST and AGAIN {code, user, state, data, device} as in current-3
--   AGAIN: an earlier call rotated the token, and the same successor must be returned. SUPERSEDED: the token was rotated
local records, index, due = KEYS[1], KEYS[2], KEYS[3]
local id, presented, successor, salt, grace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local proved, remember, owner = ARGV[6] == '1', tonumber(ARGV[7]), ARGV[8]
-- codes session.RotateCode
local FIRST, AGAIN, INVALID, SUPERSEDED = 1, 2, 0, -1

local found = redis.call('HMGET', records, 'user', id, id .. ':d', id .. ':v')
if not found[2] then return { INVALID } end
local digest, version, created, order, seen, idle, absolute, tail =
  string.match(found[2], '^(%S+) (%d+) (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= math.min(seen + idle, absolute) then return { INVALID } end
local auth = string.match(tail, '^%d+')
local before, earlier, rotated, lasts = string.match(tail, '^%d+ (%S+) (%S+) (%d+) (%d+)$')

local code = FIRST
if presented ~= digest then
  -- A rotation in the future: the clock was set back, and nobody knows how long ago it was. Its grace is over.
  local age = rotated and now - rotated
  if not age or age >= remember then return { INVALID } end
  if presented ~= before or age < 0 or age >= tonumber(lasts) or grace == '0' then return { SUPERSEDED } end
  code, successor, salt, grace = AGAIN, digest, earlier, lasts
end
if code == FIRST then before, rotated = digest, now end
if grace == '0' then salt = '-' end
local member = (order == '' and string.format('%013.0f', created) or string.format('%016.0f', created * 1000 + order)) .. id
-- Redis' clock was set back: times in the future count as now, as in user/add-4.
local set_back = seen + 0 > now
if set_back then seen = now end
if order ~= '' and created + 0 > now then
  absolute, order, created = now + absolute - created, string.format('+%.0f', (created - now) * 1000 + order), now
end
tail = table.concat({ proved and now or auth, before, salt, rotated, grace }, ' ')
local state = table.concat({ successor, version, created .. order, seen, idle, absolute, tail }, ' ')
if code == FIRST or proved then
  redis.call('HSET', records, id, state)
  if set_back then
    local ends = math.min(seen + idle, absolute)
    redis.call('ZADD', index, 'XX', ends, member)
    redis.call('ZADD', due, 'XX', 'LT', ends, owner)
  end
end
return { code, found[1], state, found[3], found[4] or '' }
