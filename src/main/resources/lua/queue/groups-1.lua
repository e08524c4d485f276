-- Reads the limits of groups that have their own, by name, or those of one group.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] name    of the group; or empty for a page of all
-- ARGV[2] after   the name that the page before ended with; empty for the first page
-- ARGV[3] limit   groups on the page
-- returns {name, limits or '' for none of its own, waiting jobs, ...}; waiting: behind its heads, about

local name, after, limit = ARGV[1], ARGV[2], ARGV[3]
local names = { name }
if name == '' then
  names = redis.call('ZRANGE', q .. 'limited', after == '' and '-' or '(' .. after, '+', 'BYLEX', 'LIMIT', 0, limit)
end
local reply = {}
for _, group in ipairs(names) do
  local n = #reply
  reply[n + 1], reply[n + 2] = group, redis.call('HGET', q .. 'limits', group) or ''
  reply[n + 3] = redis.call('LLEN', q .. 'h:' .. group) + redis.call('LLEN', q .. 'g:' .. group)
end
return reply
