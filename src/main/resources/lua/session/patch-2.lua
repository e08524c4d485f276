-- Merges a patch into a session's data (RFC 7396). All JSON is compact, as one writer writes it, and no value is read:
-- texts are cut and joined, so numbers and empty arrays stay as they are, which cjson would not leave alone.
-- KEYS[1] records   as in user/add-4
-- KEYS[2] index
-- ARGV[1] id
-- ARGV[2] digest    of the token
-- ARGV[3] patch     JSON object
-- ARGV[4] versions  any of which the session must have, each between blanks; empty for any
-- ARGV[5] most      bytes the data may have
-- returns {1, user, state, data, device}; {0} if the token is not, or no longer, valid; {-1, version} if it has none of
--   the versions; {-2} if the data would be too large

local find, sub, byte = string.find, string.sub, string.byte
local QUOTE, OPEN, CLOSE, BACKSLASH, COMMA = 34, 123, 125, 92, 44

-- The position after the value that begins at i.
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
      return find(s, '[,%]}]', i) or #s + 1
    else
      i = find(s, '["{}%[%]]', i)
    end
  until depth == 0
  return i
end

-- Calls f(name, value) for each member of an object, both as JSON text.
local function each(object, f)
  local i = 2
  while byte(object, i) ~= CLOSE do
    local colon = skip(object, i)
    local after = skip(object, colon + 1)
    f(sub(object, i, colon - 1), sub(object, colon + 1, after - 1))
    i = byte(object, after) == COMMA and after + 1 or after
  end
end

local function merge(target, patch)
  if byte(patch) ~= OPEN then return patch end
  local names, values = {}, {}
  if target and byte(target) == OPEN then
    each(target, function(name, value) names[#names + 1], values[name] = name, value end)
  end
  each(patch, function(name, value)
    if value == 'null' then
      values[name] = nil
    else
      if not values[name] then names[#names + 1] = name end
      values[name] = merge(values[name], value)
    end
  end)
  local members = {}
  for _, name in ipairs(names) do
    if values[name] then members[#members + 1] = name .. ':' .. values[name] end
  end
  return '{' .. table.concat(members, ',') .. '}'
end

local records, id = KEYS[1], ARGV[1]
local found = redis.call('HMGET', records, 'user', id, id .. ':d', id .. ':v')
if not found[2] then return { 0 } end
local digest, version, created, seen, idle, absolute, tail =
  string.match(found[2], '^(%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if digest ~= ARGV[2] or now >= math.min(seen + idle, absolute) then return { 0 } end
if ARGV[4] ~= '' and not find(ARGV[4], ' ' .. version .. ' ', 1, true) then return { -1, tonumber(version) } end
local data = merge(found[3], ARGV[3])
if #data > tonumber(ARGV[5]) then return { -2 } end

local state = table.concat({ digest, version + 1, created, now, idle, absolute, tail }, ' ')
redis.call('HSET', records, id, state, id .. ':d', data)
redis.call('ZADD', KEYS[2], 'XX', math.min(now + idle, absolute), string.format('%013.0f', created) .. id)
return { 1, found[1], state, data, found[4] or '' }
