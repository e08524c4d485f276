-- Reads a session by its token, or by the previous one while the grace of the rotation lasts. Records the use, but not every use.
-- KEYS[1] records   as in user/add-4, with a tail as in rotate-3
-- KEYS[2] index
-- KEYS[3] due
-- ARGV[1] id
-- ARGV[2] presented digest of the token
-- ARGV[3] touch     1 to record the use
-- ARGV[4] remember  ms after a rotation for which an earlier token is told apart from an unknown one
-- ARGV[5] owner     member of `due`
-- returns {code}; with FOUND {code, user, state, data, device}, `device` empty if there is none
--   SUPERSEDED: the token was rotated, and the session lives
local records, index, due = KEYS[1], KEYS[2], KEYS[3]
local id, presented, touch, remember, owner = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), ARGV[5]
-- codes session.CurrentCode
local FOUND, INVALID, SUPERSEDED = 1, 0, -1

local found = redis.call('HMGET', records, 'user', id, id .. ':d', id .. ':v')
local state = found[2]
if not state then return { INVALID } end
local digest, version, created, order, seen, idle, absolute, tail =
  string.match(state, '^(%S+) (%d+) (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= math.min(seen + idle, absolute) then return { INVALID } end

local auth, before, rotated, grace = string.match(tail, '^(%d+) (%S+) %S+ (%d+) (%d+)$')
if rotated then
  -- A rotation in the future: the clock was set back, and nobody knows how long ago it was. Its grace is over.
  local age = now - rotated
  local lasts = age >= 0 and age < tonumber(grace)
  if presented ~= digest and (presented ~= before or not lasts) then return { age < remember and SUPERSEDED or INVALID } end
  -- With the salt, a thief of the previous token could derive the present one. A grace that was seen to be over stays over.
  if age >= remember then
    tail = auth
  elseif not lasts then
    tail = table.concat({ auth, before, '-', rotated, '0' }, ' ')
  end
elseif presented ~= digest then
  return { INVALID }
end

local member = (order == '' and string.format('%013.0f', created) or string.format('%016.0f', created * 1000 + order)) .. id
-- Redis' clock was set back: times in the future count as now, as in user/add-4. No session was created after it was last used.
local set_back = seen + 0 > now
local use = touch and (set_back or now - seen >= math.min(30000, idle / 10))
if set_back then
  seen = now
  if order ~= '' and created + 0 > now then
    absolute, order, created = now + absolute - created, string.format('+%.0f', (created - now) * 1000 + order), now
  end
  state = table.concat({ digest, version, created .. order, seen, idle, absolute, tail }, ' ')
end
if use then
  local touched = table.concat({ digest, version, created .. order, now, idle, absolute, tail }, ' ')
  -- Redis refuses this when its memory is full. The session is still valid.
  local written = redis.pcall('HSET', records, id, touched)
  if type(written) == 'number' then
    state = touched
    local ends = math.min(now + idle, absolute)
    redis.call('ZADD', index, 'XX', ends, member)
    if set_back then redis.call('ZADD', due, 'XX', 'LT', ends, owner) end
  end
end
return { FOUND, found[1], state, found[3], found[4] or '' }
