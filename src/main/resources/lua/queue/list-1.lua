-- Lists the ids of the jobs in a state, each with the place after it. Waiting jobs are in the order of delivery, then those behind the
-- head of their group. Delayed jobs are by due time, active jobs by the expiry of their lease, dead and completed jobs from the last.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] kind     state
-- ARGV[2] cursor   place to start at: "z::<n>", "w:<priority>:<n>", "g:<scan>:<n>"; empty for the start
-- ARGV[3] limit
-- returns {next, id, place, ...}: next is where to continue, empty at the end; a removed waiting job may still be listed

local kind, cursor, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local phase, part, n = string.match(cursor, '^(%a):([^:]*):(%d+)$')
n = tonumber(n or 0)
local reply = { '' }
local found = 0
local function add(id, place)
  reply[#reply + 1] = id
  reply[#reply + 1] = place
  found = found + 1
end

if kind ~= 'waiting' then
  local set = ({ delayed = delayed, active = leased, dead = dead, completed = done })[kind]
  local newest_first = kind == 'dead' or kind == 'completed'
  local ids = redis.call(newest_first and 'ZREVRANGE' or 'ZRANGE', set, n, n + limit - 1)
  for i, id in ipairs(ids) do add(string.match(id, '^0*(%d+)'), 'z::' .. (n + i)) end
  if #ids == limit then reply[1] = 'z::' .. (n + limit) end
  return reply
end

if phase ~= 'g' then
  for _, level in ipairs(redis.call('ZREVRANGE', levels, 0, -1)) do
    if not part or part == '' or tonumber(level) <= tonumber(part) then
      local from = level == part and n or 0
      local ids = redis.call('LRANGE', q .. 'w:' .. level, from, from + limit - found - 1)
      for i, id in ipairs(ids) do add(id, 'w:' .. level .. ':' .. (from + i)) end
      if found == limit then
        reply[1] = reply[#reply]
        return reply
      end
    end
  end
  part, n = '0', 0
end

local scan = redis.call('HSCAN', groups, part, 'COUNT', 50)
local passed = 0
for i = 1, #scan[2], 2 do
  local backlog = q .. 'g:' .. scan[2][i]
  local from = math.max(0, n - passed)
  local length = redis.call('LLEN', backlog)
  if from < length then
    for j, id in ipairs(redis.call('LRANGE', backlog, from, from + limit - found)) do
      if found == limit then
        reply[1] = reply[#reply]
        return reply
      end
      add(id, 'g:' .. part .. ':' .. (passed + from + j))
    end
  end
  passed = passed + length
end
if scan[1] ~= '0' then reply[1] = 'g:' .. scan[1] .. ':0' end
return reply
