-- The lines that jobs wait in, and the heads of groups.
-- uses queue/keys

-- The front part of a line, as the rest of its key.
local function front_of(line)
  local kind, name = string.match(line, '^(%a):(.*)$')
  return kind == 'w' and 'w:' .. (name + 0.5) or 'h:' .. name
end

-- Adds ids to an end of the list of a priority, or of its front part. At the front, the last one is the first.
local function push(command, level, ...)
  if redis.call(command, q .. 'w:' .. level, ...) == select('#', ...) then redis.call('ZADD', levels, level, level) end
end

local function ready(id, level, front)
  local first = front and front_of('w:' .. level)
  if first and redis.call('EXISTS', q .. first) == 1 then level = level + 0.5 end
  push(front and 'LPUSH' or 'RPUSH', level, id)
end

-- Notes that a line holds n fewer ids of removed jobs.
local function passed(line, n)
  if tonumber(redis.call('ZINCRBY', gone, -n, line)) <= 0 then redis.call('ZREM', gone, line) end
end

-- For each long list that the script has looked into, the ids near its ends: 1 for the front, -1 for the back.
local ends_of = {}

-- Takes an id out of a list, if the list is short or the id is near an end. Returns whether it did, and else whether it may be there.
local function take_from(key, id)
  local near = ends_of[key]
  if not near then
    if redis.call('LLEN', key) <= 5000 then return redis.call('LREM', key, 1, id) == 1, false end
    near = {}
    for _, other in ipairs(redis.call('LRANGE', key, 0, 499)) do near[other] = 1 end
    for _, other in ipairs(redis.call('LRANGE', key, -500, -1)) do near[other] = -1 end
    ends_of[key] = near
  end
  return near[id] ~= nil and redis.call('LREM', key, near[id], id) == 1, not near[id]
end

-- Whether an id is one of the heads of a group.
local function is_head(ids, id) return ids and string.find(' ' .. ids .. ' ', ' ' .. id .. ' ', 1, true) ~= nil end

local function number_of(ids)
  local _, blanks = string.gsub(ids, ' ', '')
  return ids == '' and 0 or blanks + 1
end

-- The limits that a text stands for, see keys; by default, one job at a time. How many jobs may be active, ms per job that the rate
-- allows, 0 for any, and how many at once.
local function limits_in(text)
  local concurrency, interval, burst = string.match(text or '1 0 0', '^(%S+) (%S+) (%S+)')
  return tonumber(concurrency), tonumber(interval), tonumber(burst)
end

-- The limits of a group, and whether they are its own.
local function limits_of(group)
  local own = redis.call('HGET', q .. 'limits', group)
  local concurrency, interval, burst = limits_in(own or flags[7])
  return concurrency, interval, burst, own ~= false
end

-- Takes a waiting job out of its line. In the middle of a long list, where that would block Redis for milliseconds, the id stays and is
-- counted: whoever gets it passes it by, and the sweep tidies the line when it has too many.
local function withdraw(id, st, level)
  count('waiting', -1)
  local group = mark(st, 'g')
  if group and redis.call('ZREM', parked, id) == 1 then return end
  local line = group and not is_head(redis.call('HGET', groups, group), id) and 'g:' .. group or 'w:' .. level
  for _, part in ipairs({ line, front_of(line) }) do
    local taken, maybe = take_from(q .. part, id)
    if taken then return end
    if maybe then redis.call('ZINCRBY', gone, 1, part) end
  end
end

-- Returns whether a job may be made ready: it has no group, or it is or becomes one of the heads of its group. Else adds it behind them.
local function heads(id, st)
  local group = mark(st, 'g')
  if not group then return true end
  local ids = redis.call('HGET', groups, group)
  if is_head(ids, id) then return true end
  if ids then
    local behind = ids == '0' or number_of(ids) >= limits_of(group) or redis.call('EXISTS', q .. 'g:' .. group, q .. 'h:' .. group) > 0
    if behind then
      redis.call('RPUSH', q .. 'g:' .. group, id)
      return false
    end
    id = ids .. ' ' .. id
  end
  redis.call('HSET', groups, group, id)
  return true
end

-- Makes the ids in lists by priority ready, in their order.
local function append(lists)
  for level, ids in pairs(lists) do push('RPUSH', level, unpack(ids)) end
end

-- Makes the next jobs of a group heads, and ready, until it has as many heads as it may have. `ids`: the heads that it has. Returns the
-- highest priority of the new ones if there are some.
local function succeed(group, ids)
  local wanted, highest = limits_of(group) - number_of(ids), nil
  for _ = 1, 200 do
    if wanted <= 0 then break end
    local part = 'h:' .. group
    local heir = redis.call('LPOP', q .. part)
    if not heir then
      part = 'g:' .. group
      heir = redis.call('LPOP', q .. part)
    end
    if not heir then break end
    local text = body(heir)
    if text then
      ids = ids == '' and heir or ids .. ' ' .. heir
      wanted = wanted - 1
      ready(heir, priority(text))
      if not highest or tonumber(priority(text)) > tonumber(highest) then highest = priority(text) end
    else
      passed(part, 1)
    end
  end
  if ids ~= '' then
    redis.call('HSET', groups, group, ids)
  elseif redis.call('EXISTS', q .. 'g:' .. group, q .. 'h:' .. group) > 0 then
    -- The next ones are removed jobs, too. The sweep continues.
    redis.call('HSET', groups, group, '0')
    redis.call('ZADD', seeking, now, group)
  else
    redis.call('HDEL', groups, group)
  end
  return highest
end

-- Takes an id from the heads of its group. Returns the highest priority of the next jobs if there are some.
local function step_down(id, group)
  local ids = redis.call('HGET', groups, group)
  if not is_head(ids, id) then return end
  local left = string.gsub(' ' .. ids .. ' ', ' ' .. id .. ' ', ' ', 1)
  return succeed(group, string.match(left, '^ *(.-) *$'))
end
