-- Removes waiting and delayed jobs in steps, and what is planned for the end of active ones. Jobs that arrive between the steps stay, in
-- their order.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] most     approximate number of jobs to check in one step
-- ARGV[2] newest   the highest id to remove; empty for the last id of the queue
-- ARGV[3] cursor   where to continue: "a:0:" at the start, what is planned; "e:0:", the delayed jobs that are due first;
--   "d:<scan>:", the other delayed jobs; "p:<scan>:", parked jobs; "g:<scan>:", jobs behind the head of a
--   group; "w:<priority>:", a list from its front; "w:<priority>:<n>:<last id>", the rest of that list, from n places before its end at the time when the last id was <last id>; "q:<scan>:", jobs that were parked meanwhile
-- returns {number of removed jobs, newest, next}: next is where to continue, empty at the end

local most, newest, cursor = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
newest = newest or tonumber(redis.call('HGET', meta, 'seq') or 0)
local phase, part, n = string.match(cursor, '^(%a):([^:]*):(%d*)')
local removed = 0

-- No line may be tidied until the drain has ended, because places in it count. A drain that is given up holds the sweep up for 5 s.
write_even_if_full()
redis.call('HSET', meta, 'drain', now + 5000)

local function old(id) return tonumber(id) <= newest end

local function drop(id, waiting)
  if body(id) then
    removed = removed + 1
    if waiting then count('waiting', -1) end
    remove(id, redis.call('HGET', state, id), 'job.cancelled', true)
  end
end

local function answer(next)
  if next == '' then redis.call('HDEL', meta, 'drain') end
  expire_unless_used()
  -- The next job of a group may be ready now.
  if removed > 0 then wake() end
  return { removed, string.format('%.0f', newest), next }
end

local function line_below(level)
  local next = redis.call('ZREVRANGEBYSCORE', levels, level, '-inf', 'LIMIT', 0, 1)[1]
  if next then return 'w:' .. next .. ':' end
  return redis.call('EXISTS', parked) == 1 and 'q:0:' or ''
end

local function drop_delayed(member)
  local id = string.match(member, '^0*(%d+):')
  if old(id) and redis.call('ZREM', delayed, member) == 1 then drop(id, false) end
end

if phase == 'a' then
  local scan = redis.call('ZSCAN', leased, part, 'COUNT', most)
  for i = 1, #scan[2], 2 do redis.call('HDEL', state, scan[2][i] .. ':n') end
  if scan[1] ~= '0' then return answer('a:' .. scan[1] .. ':') end
  phase, part, cursor = 'e', '0', 'e:0:'
end

-- Delayed jobs come first, those that are due first before the others, and then the groups. Both may join a list between the steps, and
-- a list is checked as a whole. Jobs behind a head are checked up to the first newer one. A job that becomes due behind that one stays.
if phase == 'e' then
  for _, member in ipairs(redis.call('ZRANGE', delayed, 0, most - 1)) do drop_delayed(member) end
  return answer(removed > 0 and cursor or 'd:0:')
end

if phase == 'd' then
  local scan = redis.call('ZSCAN', delayed, part, 'COUNT', most)
  for i = 1, #scan[2], 2 do drop_delayed(scan[2][i]) end
  return answer(scan[1] == '0' and 'p:0:' or 'd:' .. scan[1] .. ':')
end

if phase == 'p' or phase == 'q' then
  local scan = redis.call('ZSCAN', parked, part, 'COUNT', most)
  for i = 1, #scan[2], 2 do
    if old(scan[2][i]) and redis.call('ZREM', parked, scan[2][i]) == 1 then drop(scan[2][i], true) end
  end
  if scan[1] ~= '0' then return answer(phase .. ':' .. scan[1] .. ':') end
  return answer(phase == 'p' and 'g:0:' or '')
end

if phase == 'g' then
  local scan = redis.call('HSCAN', groups, part, 'COUNT', 100)
  local left = most
  for i = 1, #scan[2], 2 do
    for _, part in ipairs({ 'h:' .. scan[2][i], 'g:' .. scan[2][i] }) do
      local id = redis.call('LINDEX', q .. part, 0)
      while id and old(id) and left > 0 do
        drop(redis.call('LPOP', q .. part), true)
        left = left - 1
        id = redis.call('LINDEX', q .. part, 0)
      end
      if id then break end
    end
  end
  if left == 0 then return answer(cursor) end
  return answer(scan[1] == '0' and line_below('+inf') or 'g:' .. scan[1] .. ':')
end

local line = q .. 'w:' .. part
if n == '' then
  for _ = 1, most do
    local id = redis.call('LINDEX', line, 0)
    if not id then
      redis.call('ZREM', levels, part)
      return answer(line_below('(' .. part))
    end
    if not old(id) then return answer('w:' .. part .. ':0:' .. redis.call('HGET', meta, 'seq')) end
    drop(redis.call('LPOP', line), true)
  end
  return answer(cursor)
end

-- Behind newer jobs there may be older ones that were delayed, or that waited for their group. Their ids stay in the list without a body.
-- Places are counted from the end of the list, because jobs leave it at the front. Jobs that were added since then are left out.
local last = tonumber(string.match(cursor, '%d+$'))
local function is_new(at)
  local id = redis.call('LINDEX', line, -at)
  return id and tonumber(id) > last
end
local added, beyond = 0, 1
while is_new(beyond) do added, beyond = beyond, beyond * 2 end
while beyond - added > 1 do
  local middle = math.floor((added + beyond) / 2)
  if is_new(middle) then added = middle else beyond = middle end
end

local from, looks = added + tonumber(n), 5000
local ids = redis.call('LRANGE', line, -(from + looks), -(from + 1))
local seen = 0
while seen < #ids and removed < most do
  local id = ids[#ids - seen]
  seen = seen + 1
  if old(id) then drop(id, true) end
end
if removed > 0 then redis.call('ZINCRBY', gone, removed, 'w:' .. part) end
if seen == #ids and seen < looks then return answer(line_below('(' .. part)) end
return answer(string.format('w:%s:%.0f:%.0f', part, n + seen, last))
