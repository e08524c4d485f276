-- Lists keys of a region, in the order in which their entries end.
-- KEYS[1] index     as in put-4
-- ARGV[1] last      ms at which the entry ends, of the last key of the page before; 0 for the first page
-- ARGV[2] name      of that key
-- ARGV[3] most      maximum number of keys
-- returns {name, end, name, end, ...}

local index, last, name, most = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Behind that key. Where it is gone, or was stored again, those that end in the same ms are listed once more, and none is skipped.
local rank = redis.call('ZCOUNT', index, '-inf', '(' .. last)
for i, equal in ipairs(redis.call('ZRANGEBYSCORE', index, last, last)) do
  if equal == name then
    rank = rank + i
    break
  end
end
rank = math.max(rank, redis.call('ZCOUNT', index, '-inf', now))
return redis.call('ZRANGE', index, rank, rank + most - 1, 'WITHSCORES')
