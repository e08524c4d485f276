-- Merges a patch into a session's data (RFC 7396). The service has written all JSON, so it is compact. Values are not parsed: the script
-- cuts and joins texts, so numbers and empty arrays stay as they are. cjson would change them.
-- KEYS[1] records   as in user/add-4, with a tail as in rotate-3
-- KEYS[2] index
-- KEYS[3] due
-- ARGV[1] id
-- ARGV[2] presented digest of the token
-- ARGV[3] patch     JSON object
-- ARGV[4] versions  one of which the session must have, each between blanks; empty for any version
-- ARGV[5] most      maximum number of bytes of the data
-- ARGV[6] remember  ms after a rotation for which an earlier token is told apart from an unknown one
-- ARGV[7] owner     member of `due`
-- returns {code, user, state, data, device}; with STALE {code, version}: the session has none of the versions; else {code}
--   INVALID: the token is not valid. SUPERSEDED: it was rotated, and a previous token changes nothing, not even while its grace lasts.
--   TOO_LARGE: the data would have more than `most` bytes

local records, index, due = KEYS[1], KEYS[2], KEYS[3]
local id, presented, patch, versions = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local most, remember, owner = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
-- codes session.PatchCode
local DONE, INVALID, STALE, TOO_LARGE, SUPERSEDED = 1, 0, -1, -2, -3

local find, sub, byte = string.find, string.sub, string.byte
local QUOTE, OPEN, CLOSE, BACKSLASH, COMMA = 34, 123, 125, 92, 44

-- Returns the position after the value that begins at i, in an object or an array.
local function skip(s, i)
  local depth = 0
  repeat
    local c = byte(s, i)
    if c == QUOTE then
      repeat
        i = find(s, '["\\]', i + 1)
        local escape = byte(s, i) == BACKSLASH
        if escape then i = i + 1 end
      until not escape
      i = i + 1
    elseif c == OPEN or c == 91 then
      depth, i = depth + 1, i + 1
    elseif c == CLOSE or c == 93 then
      depth, i = depth - 1, i + 1
    elseif depth == 0 then
      return (find(s, '[,%]}]', i))
    else
      i = find(s, '["{}%[%]]', i)
    end
  until depth == 0
  return i
end

-- Returns the object at i of a patch as {names in order, values by name}, and the position after it. A value is a text, or such a table
-- for an object.
local function read(s, i)
  local names, values = {}, {}
  i = i + 1
  while byte(s, i) ~= CLOSE do
    local colon = skip(s, i)
    local name = sub(s, i, colon - 1)
    names[#names + 1] = name
    if byte(s, colon + 1) == OPEN then
      values[name], i = read(s, colon + 1)
    else
      i = skip(s, colon + 1)
      values[name] = sub(s, colon + 1, i - 1)
    end
    if byte(s, i) == COMMA then i = i + 1 end
  end
  return { names, values }, i + 1
end

-- Returns the object at i of s, or an empty one without s, after merging a patch into it, and the position after it. Reads each text once,
-- at any depth.
local function merge(s, i, patch)
  local names, values = patch[1], patch[2]
  local members, met = {}, {}
  if s then
    i = i + 1
    while byte(s, i) ~= CLOSE do
      local start, colon = i, skip(s, i)
      local name = sub(s, start, colon - 1)
      local value = values[name]
      if type(value) == 'table' and byte(s, colon + 1) == OPEN then
        value, i = merge(s, colon + 1, value)
      else
        i = skip(s, colon + 1)
        if value == nil then
          value = sub(s, colon + 1, i - 1)
        elseif type(value) == 'table' then
          value = merge(nil, nil, value)
        end
      end
      met[name] = true
      if values[name] ~= 'null' then members[#members + 1] = name .. ':' .. value end
      if byte(s, i) == COMMA then i = i + 1 end
    end
    i = i + 1
  end
  for _, name in ipairs(names) do
    local value = values[name]
    if not met[name] and value ~= 'null' then
      members[#members + 1] = name .. ':' .. (type(value) == 'table' and merge(nil, nil, value) or value)
    end
  end
  return '{' .. table.concat(members, ',') .. '}', i
end

local found = redis.call('HMGET', records, 'user', id, id .. ':d', id .. ':v')
if not found[2] then return { INVALID } end
local digest, version, created, order, seen, idle, absolute, tail =
  string.match(found[2], '^(%S+) (%d+) (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= math.min(seen + idle, absolute) then return { INVALID } end
if digest ~= presented then
  local rotated = string.match(tail, '^%d+ %S+ %S+ (%d+) %d+$')
  return { rotated and now - rotated < remember and SUPERSEDED or INVALID }
end
if versions ~= '' and not find(versions, ' ' .. version .. ' ', 1, true) then return { STALE, tonumber(version) } end
local data = merge(found[3], 1, (read(patch, 1)))
if #data > most then return { TOO_LARGE } end

local member = (order == '' and string.format('%013.0f', created) or string.format('%016.0f', created * 1000 + order)) .. id
-- Redis' clock was set back: times in the future count as now, as in user/add-4.
local set_back = seen + 0 > now
if order ~= '' and created + 0 > now then
  absolute, order, created = now + absolute - created, string.format('+%.0f', (created - now) * 1000 + order), now
end
local state = table.concat({ digest, version + 1, created .. order, now, idle, absolute, tail }, ' ')
redis.call('HSET', records, id, state, id .. ':d', data)
local ends = math.min(now + idle, absolute)
redis.call('ZADD', index, 'XX', ends, member)
if set_back then redis.call('ZADD', due, 'XX', 'LT', ends, owner) end
return { DONE, found[1], state, data, found[4] or '' }
