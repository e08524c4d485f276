-- Ends one record of a user. Leaves an expired record to expire-4, which emits the right event.
-- KEYS[1] records   as in add-4
-- KEYS[2] index
-- KEYS[3] due
-- KEYS[4] events
-- ARGV[1] id
-- ARGV[2] required  digest that the record must have, or that its token had before a rotation whose grace lasts, as in session/rotate-3;
--                   empty for any
-- ARGV[3] kind      first word of the event's type
-- ARGV[4] reason    of the event
-- ARGV[5] owner     member of `due`
-- ARGV[6] kept      approximate number of events that the stream retains
-- ARGV[7] remember  ms after a rotation for which an earlier token is told apart from an unknown one
-- returns a code
--   SUPERSEDED: the token was rotated. Nothing was changed

local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, required, kind, reason, owner, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local remember = tonumber(ARGV[7])
-- codes user.RemoveCode
local REMOVED, NONE, SUPERSEDED = 1, 0, -1
local state = redis.call('HGET', records, id)
if not state then return NONE end
local digest, created, order, seen, idle, absolute, tail =
  string.match(state, '^(%S+) %d+ (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= math.min(seen + idle, absolute) then return NONE end
if required ~= '' and required ~= digest then
  local before, rotated, grace = string.match(tail, '^%d+ (%S+) %S+ (%d+) (%d+)$')
  local age = rotated and now - rotated
  if not age or age >= remember then return NONE end
  if required ~= before or age < 0 or age >= tonumber(grace) then return SUPERSEDED end
end

local user = redis.call('HGET', records, 'user')
redis.call('HDEL', records, id, id .. ':d', id .. ':v')
redis.call('ZREM', index, (order == '' and string.format('%013.0f', created) or string.format('%016.0f', created * 1000 + order)) .. id)
if redis.call('ZCARD', index) == 0 then
  redis.call('UNLINK', records)
  redis.call('ZREM', due, owner)
end
redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'type', kind .. '.revoked', 'id', id, 'user', user,
  'reason', reason)
redis.call('PEXPIRE', events, 604800000)
return REMOVED
