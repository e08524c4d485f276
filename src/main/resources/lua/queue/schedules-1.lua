-- Reads all schedules, one schedule, those that are due, or some of those with a next occurrence.
-- KEYS[1] meta
-- ARGV[1] which   "all", "due+<n>" for up to 100 that are due, without the first n, "+<n>" for ten by their next occurrence without the first n, or "=<name>"
-- returns {now, ms of the next occurrence of all, 0 for none, name, definition, next ms or 0, ...}

local meta, which = KEYS[1], ARGV[1]
local q = string.sub(meta, 1, -5)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names
if which == 'all' then
  names = redis.call('HKEYS', q .. 'schedules')
elseif string.sub(which, 1, 4) == 'due+' then
  names = redis.call('ZRANGEBYSCORE', q .. 'due', '-inf', now, 'LIMIT', tonumber(string.sub(which, 5)), 100)
elseif string.sub(which, 1, 1) == '+' then
  local first = tonumber(string.sub(which, 2))
  names = redis.call('ZRANGE', q .. 'due', first, first + 9)
else
  names = { string.sub(which, 2) }
end
local soonest = redis.call('ZRANGEBYSCORE', q .. 'due', '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
local reply = { now, tonumber(soonest or 0) }
for _, name in ipairs(names) do
  local definition = redis.call('HGET', q .. 'schedules', name)
  if definition then
    local n = #reply
    reply[n + 1], reply[n + 2], reply[n + 3] = name, definition, tonumber(redis.call('ZSCORE', q .. 'due', name) or 0)
  end
end
return reply
