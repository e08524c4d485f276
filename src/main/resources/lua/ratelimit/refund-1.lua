-- Gives back what check-N charged, where a list of checks spans several slots of a cluster and another one was denied.
-- KEYS[1] state      of the limit
-- ARGV[1] algorithm
-- ARGV[2] window     ms
-- ARGV[3] cost       what was charged
-- ARGV[4] time       of the charge, µs, as check-N returned it
-- returns 1 if it was still there to give back, else 0

local algorithm, window, cost, time = ARGV[1], ARGV[2] * 1000, tonumber(ARGV[3]), ARGV[4]
local key = KEYS[1]
if redis.call('PTTL', key) < 0 then return 0 end

if algorithm == 'sliding-window' then
  return redis.call('LREM', key, -cost, time) > 0 and 1 or 0
elseif algorithm == 'fixed-window' then
  local used = tonumber(redis.call('GET', key))
  redis.call('DECRBY', key, math.min(used, cost))
  return 1
elseif algorithm == 'sliding-window-counter' then
  local n, current, previous = string.match(redis.call('GET', key), '(%d+) (%d+) (%d+)')
  local charged = math.floor(time / window)
  if tonumber(n) == charged then
    current = math.max(0, current - cost)
  elseif tonumber(n) == charged + 1 then
    previous = math.max(0, previous - cost)
  else
    return 0
  end
  redis.call('SET', key, string.format('%.0f %.0f %.0f', n, current, previous), 'PX', redis.call('PTTL', key))
  return 1
else
  local level, at = string.match(redis.call('GET', key), '(%d+) (%d+)')
  level = math.max(0, level - cost * window)
  redis.call('SET', key, string.format('%.0f %.0f', level, at), 'PX', math.max(1, redis.call('PTTL', key)))
  return 1
end
