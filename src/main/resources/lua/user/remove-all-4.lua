-- Ends all records of a user, or all but one, by deleting their keys: the same work for any number of records.
-- KEYS[1] records   as in add-4
-- KEYS[2] index
-- KEYS[3] due
-- KEYS[4] events
-- ARGV[1] except    id of the record to keep; empty for none
-- ARGV[2] kind      first word of the event's type
-- ARGV[3] owner     member of `due`
-- ARGV[4] kept      approximate number of events that the stream retains
-- returns a code
--   UNKNOWN_EXCEPTION: there is no record `except`. EXPIRE_FIRST: some records have expired, and expire-4 must emit their events first.
--   With both, nothing was changed

local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local except, kind, owner, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
-- codes user.RemoveAllCode
local REMOVED, NONE, UNKNOWN_EXCEPTION, EXPIRE_FIRST = 1, 0, -1, -2
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if redis.call('ZCOUNT', index, '-inf', now) > 0 then return EXPIRE_FIRST end
local state, data, device, member, ends
if except ~= '' then
  local found = redis.call('HMGET', records, except, except .. ':d', except .. ':v')
  state, data, device = found[1], found[2], found[3]
  if not state then return UNKNOWN_EXCEPTION end
  local created, order, seen, idle, absolute = string.match(state, '^%S+ %d+ (%d+)(%+?%d*) (%d+) (%d+) (%d+)')
  ends = math.min(seen + idle, absolute)
  if now >= ends then return UNKNOWN_EXCEPTION end
  member = (order == '' and string.format('%013.0f', created) or string.format('%016.0f', created * 1000 + order)) .. except
end

-- Checks both keys: if Redis lost one of them, the records in the other one must end all the same.
local fields = state and (device and 3 or 2) or 0
local last = redis.call('HGET', records, 'last')
if last then fields = fields + 1 end
if redis.call('ZCARD', index) <= (state and 1 or 0) and redis.call('HLEN', records) <= fields + 1 then return NONE end
local user = redis.call('HGET', records, 'user')
local ttl = redis.call('PTTL', records)
redis.call('UNLINK', records)
redis.call('UNLINK', index)
redis.call('ZREM', due, owner)
if state then
  redis.call('HSET', records, 'user', user, except, state, except .. ':d', data)
  if last then redis.call('HSET', records, 'last', last) end
  if device then redis.call('HSET', records, except .. ':v', device) end
  redis.call('ZADD', index, ends, member)
  redis.call('PEXPIRE', records, ttl)
  redis.call('PEXPIRE', index, ttl)
  redis.call('ZADD', due, ends, owner)
  if redis.call('PTTL', due) < ttl then redis.call('PEXPIRE', due, ttl) end
end
redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'type', kind .. '.revoked', 'id', '', 'user', user or '',
  'reason', 'all', 'except', except)
redis.call('PEXPIRE', events, 604800000)
return REMOVED
