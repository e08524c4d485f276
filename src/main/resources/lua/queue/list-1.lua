-- Lists the ids of the jobs in a state, each with the place after it. Waiting jobs are in the order of delivery, then the parked ones and
-- those behind the heads of their group. Delayed jobs are by due time, active jobs by the expiry of their lease, dead and completed jobs from the last.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] kind     state
-- ARGV[2] cursor   place to start at: "z::<n>", "w:<priority>:<n>", "p::<n>", "g:<scan>:<n>"; empty for the start
-- ARGV[3] limit
-- returns {next, id, place, ...}: next is where to continue, empty at the end; with a next, there may be fewer ids than the limit

local kind, cursor, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local phase, part, n = string.match(cursor, '^(%a):([^:]*):(%d+)$')
n = tonumber(n or 0)
local reply = { '' }
local found, seen = 0, 0
local function add(id, place)
  reply[#reply + 1] = id
  reply[#reply + 1] = place
  found = found + 1
end

if kind ~= 'waiting' then
  local set = ({ delayed = delayed, active = leased, dead = dead, completed = done })[kind]
  local newest_first = kind == 'dead' or kind == 'completed'
  local ids = redis.call(newest_first and 'ZREVRANGE' or 'ZRANGE', set, n, n + limit)
  for i = 1, math.min(#ids, limit) do add(string.match(ids[i], '^0*(%d+)'), 'z::' .. (n + i)) end
  if #ids > limit then reply[1] = 'z::' .. (n + limit) end
  return reply
end

-- Adds the jobs of a line, its front part first, from a number of ids on. `base`: the number of ids before the line. Returns the number
-- of its ids, or nil if the page ends here: there is a job for the next page, or many ids of removed jobs were passed.
local function add_line(line, from, place, base)
  local length = 0
  for _, key in ipairs({ q .. front_of(line), q .. line }) do
    local before = length
    length = length + redis.call('LLEN', key)
    while from < length do
      for _, id in ipairs(redis.call('LRANGE', key, from - before, from - before + 99)) do
        local lives = redis.call('HEXISTS', bucket(id), id) == 1
        if found == limit and lives or seen == 5000 then
          reply[1] = place .. (base + from)
          return
        end
        from, seen = from + 1, seen + 1
        if lives then add(id, place .. (base + from)) end
      end
    end
  end
  return length
end

if phase ~= 'g' and phase ~= 'p' then
  local last
  for _, level in ipairs(redis.call('ZREVRANGE', levels, 0, -1)) do
    local whole = math.floor(level)
    if whole ~= last and (not part or part == '' or whole <= tonumber(part)) then
      last = whole
      if not add_line('w:' .. whole, whole == tonumber(part) and n or 0, 'w:' .. whole .. ':', 0) then return reply end
    end
  end
  n = 0
end

if phase ~= 'g' then
  -- Heads of groups whose rate is used up.
  for i, id in ipairs(redis.call('ZRANGE', parked, n, n + limit - found)) do
    if found == limit then
      reply[1] = 'p::' .. (n + i - 1)
      return reply
    end
    add(id, 'p::' .. (n + i))
  end
  part, n = '0', 0
end

for _ = 1, 20 do
  local scan = redis.call('HSCAN', groups, part, 'COUNT', 50)
  local before = 0
  for i = 1, #scan[2], 2 do
    local length = add_line('g:' .. scan[2][i], math.max(0, n - before), 'g:' .. part .. ':', before)
    if not length then return reply end
    before = before + length
  end
  part, n = scan[1], 0
  if part == '0' then return reply end
end
reply[1] = 'g:' .. part .. ':0'
return reply
