-- Gives back what check-N charged, where a list of checks spans several slots of a cluster and another one was denied.
-- KEYS[1] state      of the limit
-- ARGV[1] algorithm
-- ARGV[2] window     ms
-- ARGV[3] cost       what was charged
-- ARGV[4] time       of the charge, µs, as check-N returned it
-- returns 1 if it was still there to give back, else 0

local state = KEYS[1]
local algorithm, window, cost, time = ARGV[1], ARGV[2] * 1000, tonumber(ARGV[3]), ARGV[4]

if algorithm == 'sliding-window' then
  return redis.call('LREM', state, -cost, time) > 0 and 1 or 0
end

local stored = redis.call('GET', state)
if not stored then return 0 end
local function store(format, ...)
  redis.call('SET', state, string.format(format, ...), 'KEEPTTL')
  return 1
end

if algorithm == 'fixed-window' then
  local used, ends = string.match(stored, '(%d+) (%d+)')
  if tonumber(time) < ends - window then return 0 end
  if used - cost <= 0 then return redis.call('DEL', state) end
  return store('%.0f %.0f', used - cost, ends)
elseif algorithm == 'sliding-window-counter' then
  local n, current, previous = string.match(stored, '(%d+) (%d+) (%d+)')
  local charged = math.floor(time / window)
  if tonumber(n) == charged then
    return store('%.0f %.0f %.0f', n, math.max(0, current - cost), previous)
  elseif tonumber(n) == charged + 1 then
    return store('%.0f %.0f %.0f', n, current, math.max(0, previous - cost))
  end
  return 0
else
  local level, rest = string.match(stored, '(%d+)(.*)')
  return store('%.0f%s', math.max(0, level - cost * window), rest)
end
