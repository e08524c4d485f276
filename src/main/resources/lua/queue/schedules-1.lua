-- Reads all schedules, one schedule, or the due schedules.
-- KEYS[1] meta
-- ARGV[1] which   "all", "due", or "=<name>"
-- returns {now, name, definition, next ms, ...}

local meta, which = KEYS[1], ARGV[1]
local q = string.sub(meta, 1, -5)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names
if which == 'all' then
  names = redis.call('HKEYS', q .. 'schedules')
elseif which == 'due' then
  names = redis.call('ZRANGEBYSCORE', q .. 'due', '-inf', now, 'LIMIT', 0, 100)
else
  names = { string.sub(which, 2) }
end
local reply = { now }
for _, name in ipairs(names) do
  local definition = redis.call('HGET', q .. 'schedules', name)
  if definition then
    local n = #reply
    reply[n + 1], reply[n + 2], reply[n + 3] = name, definition, tonumber(redis.call('ZSCORE', q .. 'due', name) or 0)
  end
end
return reply
