-- Removes a user's expired records, and emits an event for each. Any replica may do it at any time.
-- KEYS[1] records   as in add-4
-- KEYS[2] index
-- KEYS[3] due
-- KEYS[4] events
-- ARGV[1] kind      first word of the events' types
-- ARGV[2] owner     member of `due`
-- ARGV[3] most      maximum number of records to remove in one call
-- ARGV[4] kept      approximate number of events that the stream retains
-- returns the number of removed records

local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local kind, owner, most, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local ended = redis.call('ZRANGEBYSCORE', index, '-inf', now, 'LIMIT', 0, most)
if #ended > 0 then
  local user = redis.call('HGET', records, 'user')
  for _, member in ipairs(ended) do
    local id = string.sub(member, -20)
    redis.call('HDEL', records, id, id .. ':d', id .. ':v')
    redis.call('ZREM', index, member)
    redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'type', kind .. '.expired', 'id', id, 'user', user or '')
  end
  redis.call('PEXPIRE', events, 604800000)
end
local first = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')
if first[2] then
  redis.call('ZADD', due, first[2], owner)
else
  redis.call('UNLINK', records)
  redis.call('ZREM', due, owner)
end
return #ended
