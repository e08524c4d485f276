-- Moves the next occurrence of a schedule, if it is still as the caller has read it.
-- KEYS[1] meta
-- ARGV[1] name
-- ARGV[2] read   ms of the next occurrence that the caller has read
-- ARGV[3] next   ms of the next occurrence
-- returns 1 moved, 0 not

local meta = KEYS[1]
local due = string.sub(meta, 1, -5) .. 'due'
local name, read, next = ARGV[1], ARGV[2], ARGV[3]
if tonumber(redis.call('ZSCORE', due, name)) ~= tonumber(read) then return 0 end
redis.call('ZADD', due, next, name)
return 1
