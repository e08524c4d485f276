-- Ends all records of a user, or all but one, by dropping them together: the same work however many there are.
-- KEYS[1] records   as in add-4
-- KEYS[2] index
-- KEYS[3] due
-- KEYS[4] events
-- ARGV[1] except    id of the one that stays; empty for none
-- ARGV[2] kind      first word of the event's type
-- ARGV[3] owner     member of `due`
-- ARGV[4] kept      events the stream keeps, about
-- returns 1; 0 if there was nothing to end; -1 if there is no record `except`; -2 if some have ended by time and must be
--   told first, by expire-4. With a negative answer nothing was done

local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local except = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if redis.call('ZCOUNT', index, '-inf', now) > 0 then return -2 end
local state, data, device, member, ends
if except ~= '' then
  local kept = redis.call('HMGET', records, except, except .. ':d', except .. ':v')
  state, data, device = kept[1], kept[2], kept[3]
  if not state then return -1 end
  local created, seen, idle, absolute = string.match(state, '^%S+ %d+ (%d+) (%d+) (%d+) (%d+)')
  ends = math.min(seen + idle, absolute)
  if now >= ends then return -1 end
  member = string.format('%013.0f', created) .. except
end

-- Both are asked, for if one of them were lost, what the other knows must end all the same.
local kept = state and (device and 3 or 2) or 0
if redis.call('ZCARD', index) <= (state and 1 or 0) and redis.call('HLEN', records) <= kept + 1 then return 0 end
local user = redis.call('HGET', records, 'user')
local ttl = redis.call('PTTL', records)
redis.call('UNLINK', records)
redis.call('UNLINK', index)
redis.call('ZREM', due, ARGV[3])
if state then
  redis.call('HSET', records, 'user', user, except, state, except .. ':d', data)
  if device then redis.call('HSET', records, except .. ':v', device) end
  redis.call('ZADD', index, ends, member)
  redis.call('PEXPIRE', records, ttl)
  redis.call('PEXPIRE', index, ttl)
  redis.call('ZADD', due, ends, ARGV[3])
  if redis.call('PTTL', due) < ttl then redis.call('PEXPIRE', due, ttl) end
end
redis.call('XADD', events, 'MAXLEN', '~', ARGV[4], '*', 'type', ARGV[2] .. '.revoked', 'id', '', 'user', user or '',
  'reason', 'all', 'except', except)
redis.call('PEXPIRE', events, 604800000)
return 1
