-- Removes waiting and delayed jobs, some at a time.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] most
-- ARGV[2] newest   the highest id to remove; empty for the last one there is
-- ARGV[3] cursor   of the groups, 0 at first
-- returns {how many were removed, newest, cursor, 1 if there is more}

local most = tonumber(ARGV[1])
local newest = tonumber(ARGV[2]) or tonumber(redis.call('HGET', meta, 'seq') or 0)
-- Jobs that came after the call began stay: to look at them is no progress, however many there are.
local removed, dropped, looked, most_looked = 0, 0, 0, 10 * most
local keep = {}

local function answer(cursor, more) return { removed, string.format('%.0f', newest), cursor, more } end

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

for _, level in ipairs(redis.call('ZREVRANGE', levels, 0, -1)) do
  local list = q .. 'w:' .. level
  -- As many as there are now: the next of a group joins the end while its head is removed.
  local n = math.min(most - dropped, most_looked - looked, redis.call('LLEN', list))
  for _ = 1, n do
    local id = redis.call('LPOP', list)
    if not drop(id, true) then
      keep[level] = keep[level] or {}
      table.insert(keep[level], id)
    end
  end
end
for level, ids in pairs(keep) do
  for i = #ids, 1, -1 do redis.call('LPUSH', q .. 'w:' .. level, ids[i]) end
end
if dropped > 0 then return answer('0', 1) end

for _, member in ipairs(redis.call('ZRANGE', delayed, 0, most_looked - 1)) do
  local id = string.match(member, '^0*(%d+):')
  if dropped < most and tonumber(id) <= newest then
    redis.call('ZREM', delayed, member)
    drop(id, false)
  end
end
if dropped > 0 then return answer('0', 1) end

-- What is left stands behind the heads of groups that workers have, or that stay.
local scan = redis.call('HSCAN', groups, ARGV[3], 'COUNT', 100)
for i = 1, #scan[2], 2 do
  local backlog = q .. 'g:' .. scan[2][i]
  while dropped < most do
    local id = redis.call('LINDEX', backlog, 0)
    if not id or not drop(id, true) then break end
    redis.call('LPOP', backlog)
  end
end
if dropped == most then return answer(ARGV[3], 1) end
return answer(scan[1], scan[1] == '0' and 0 or 1)
