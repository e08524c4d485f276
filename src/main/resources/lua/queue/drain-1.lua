-- Removes waiting and delayed jobs, some at a time.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] most
-- ARGV[2] newest   the highest id to remove; empty for the last one there is
-- ARGV[3] cursor   of the groups, 0 at first, - when they are done
-- returns {how many were removed, newest, cursor, 1 if there is more}

local most = tonumber(ARGV[1])
local newest = tonumber(ARGV[2]) or tonumber(redis.call('HGET', meta, 'seq') or 0)
local cursor = ARGV[3]
-- Jobs that came after the drain began stay: to look at them is no progress, however many there are.
local removed, dropped, looked, most_looked = 0, 0, 0, 1000 + 10 * most

local function drop(id, waiting)
  looked = looked + 1
  if tonumber(id) > newest then return false end
  dropped = dropped + 1
  if body(id) then
    removed = removed + 1
    if waiting then count('waiting', -1) end
    remove(id, redis.call('HGET', state, id), 'job.cancelled')
  end
  return true
end

local function answer(more) return { removed, string.format('%.0f', newest), cursor, more and 1 or 0 } end

-- First those behind the heads of groups: else each would join a line, behind newer ones, when its head is removed.
if cursor ~= '-' then
  local scan = redis.call('HSCAN', groups, cursor, 'COUNT', 100)
  for i = 1, #scan[2], 2 do
    local backlog = q .. 'g:' .. scan[2][i]
    while dropped < most do
      local id = redis.call('LINDEX', backlog, 0)
      if not id or not drop(id, true) then break end
      redis.call('LPOP', backlog)
    end
  end
  if dropped >= most then return answer(true) end
  cursor = scan[1] == '0' and '-' or scan[1]
  return answer(true)
end

for _, level in ipairs(redis.call('ZREVRANGE', levels, 0, -1)) do
  local keep = {}
  for _ = 1, redis.call('LLEN', q .. 'w:' .. level) do
    if dropped >= most or looked >= most_looked then break end
    local id = redis.call('LPOP', q .. 'w:' .. level)
    if not drop(id, true) then keep[#keep + 1] = id end
  end
  for i = #keep, 1, -1 do ready(keep[i], level, true) end
end
if dropped > 0 then return answer(true) end

looked = 0
for _, member in ipairs(redis.call('ZRANGE', delayed, 0, most_looked - 1)) do
  local id = string.match(member, '^0*(%d+):')
  if dropped < most and tonumber(id) <= newest then
    redis.call('ZREM', delayed, member)
    drop(id, false)
  end
end
return answer(dropped > 0)
