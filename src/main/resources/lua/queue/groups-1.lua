-- Reads the limits of groups that have their own, by name, or those of one group.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] name    of the group; or empty for a page of all
-- ARGV[2] skipped groups before the page
-- ARGV[3] limit   groups on the page
-- returns {name, limits or '' for none of its own, waiting jobs, ...}; waiting: behind its heads, about

local name, skipped, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local names = { name }
if name == '' then
  names = redis.call('ZRANGE', q .. 'limited', skipped, skipped + limit - 1)
end
local reply = {}
for _, group in ipairs(names) do
  local n = #reply
  reply[n + 1], reply[n + 2] = group, redis.call('HGET', q .. 'limits', group) or ''
  reply[n + 3] = redis.call('LLEN', q .. 'h:' .. group) + redis.call('LLEN', q .. 'g:' .. group)
end
return reply
