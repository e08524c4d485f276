-- Reads schedules: all, one, or those that are due.
-- KEYS[1] meta
-- ARGV[1] which   "all", "due", or "=<name>"
-- returns {now, name, definition, next ms, ...}

local q = string.sub(KEYS[1], 1, -5)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names
if ARGV[1] == 'all' then
  names = redis.call('HKEYS', q .. 'schedules')
elseif ARGV[1] == 'due' then
  names = redis.call('ZRANGEBYSCORE', q .. 'due', '-inf', now, 'LIMIT', 0, 100)
else
  names = { string.sub(ARGV[1], 2) }
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
