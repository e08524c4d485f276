-- Rotates a refresh token. Within the grace period, all callers that present the same token get the same successor. A token that is
-- presented after that has two holders, and one of them may be a thief: its family is revoked. A family that allows for lost answers is
-- not, while the successor was never presented: the token gets another successor, and the unused one is no longer valid.
-- KEYS[1] records   as in user/add-4; the tail of a family's state is `grace`, followed by `a` if it allows for lost answers, and from
--                   the first rotation on the previous digest and the salt of its successor
-- KEYS[2] index
-- KEYS[3] due
-- KEYS[4] events
-- ARGV[1] family
-- ARGV[2] presented digest of the presented token
-- ARGV[3] successor digest of its successor, if this call decides on it
-- ARGV[4] salt      from which that successor is derived
-- ARGV[5] race      without grace: ms for which the previous token is refused, but does not count as stolen
-- ARGV[6] owner     member of `due`
-- ARGV[7] kept      approximate number of events that the stream retains
-- returns {code}; with FIRST, AGAIN and RENEWED {code, user, state, data}
--   FIRST: this call rotated the token. AGAIN: an earlier call did, and the same successor must be returned. RENEWED: an earlier call
--   did, and its successor was replaced. SUPERSEDED: an earlier call did, and there is no grace, or the clock was set back since.
--   REUSED: the family is revoked
local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local family, presented, successor, salt = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local race, owner, kept = tonumber(ARGV[5]), ARGV[6], ARGV[7]
-- codes token.RotationCode
local FIRST, AGAIN, INVALID, SUPERSEDED, RENEWED, REUSED = 1, 2, 0, 3, 4, -1

local found = redis.call('HMGET', records, 'user', family, family .. ':d')
if not found[2] then return { INVALID } end
local digest, generation, created, order, seen, idle, absolute, tail =
  string.match(found[2], '^(%S+) (%d+) (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
local grace, lost, before = string.match(tail, '^(%d+)(a?) ?(%S*)')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= math.min(seen + idle, absolute) then return { INVALID } end

local member = (order == '' and string.format('%013.0f', created) or string.format('%016.0f', created * 1000 + order)) .. family
-- Redis' clock was set back: times in the future count as now, as in user/add-4.
if order ~= '' and created + 0 > now then
  absolute, order, created = now + absolute - created, string.format('+%.0f', (created - now) * 1000 + order), now
end

local set_back = seen + 0 > now
local function replace(code)
  local state = table.concat({ successor, generation + 1, created .. order, now, idle, absolute, grace .. lost, presented, salt }, ' ')
  redis.call('HSET', records, family, state)
  local ends = math.min(now + idle, absolute)
  redis.call('ZADD', index, 'XX', ends, member)
  if set_back then redis.call('ZADD', due, 'XX', 'LT', ends, owner) end
  return { code, found[1], state, found[3] }
end

if presented == digest then return replace(FIRST) end
if presented == before then
  local age = now - seen
  if age >= 0 and age < tonumber(grace) then return { AGAIN, found[1], found[2], found[3] } end
  -- The present token is the successor of this one, so nobody has presented it yet.
  if lost ~= '' then return replace(RENEWED) end
  -- After the clock was set back, nobody knows how long ago the rotation was: the grace is over, but nothing was stolen for certain.
  if age < 0 or grace == '0' and age < race then return { SUPERSEDED } end
end

redis.call('HDEL', records, family, family .. ':d')
redis.call('ZREM', index, member)
if redis.call('ZCARD', index) == 0 then
  redis.call('UNLINK', records)
  redis.call('ZREM', due, owner)
end
redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'type', 'token.reused', 'id', family, 'user', found[1])
redis.call('PEXPIRE', events, 604800000)
return { REUSED }
