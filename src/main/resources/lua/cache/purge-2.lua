-- Hides all entries of a region, or all of its entries with a tag, that are there now; the same work however many. Their
-- memory is freed when they are asked for or end.
-- KEYS[1] versions  as in put-4
-- KEYS[2] index     of the region
-- ARGV[1] member    g:<region> or t:<region>:<tag>
-- ARGV[2] most      members to remember
-- ARGV[3] whole     1 if it is the region
-- returns 1, or 0 if nothing was ever stored

local versions, index = KEYS[1], KEYS[2]
local member, most, whole = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
if not redis.call('ZSCORE', versions, 'epoch') then return 0 end
-- When its memory is full Redis refuses what needs some, but not after a script's first write: and a purge must not fail then.
redis.call('PEXPIRE', versions, math.max(1, redis.call('PTTL', versions)))
redis.call('ZADD', versions, redis.call('ZINCRBY', versions, 1, 'purges'), member)
if whole then redis.call('UNLINK', index) end

if redis.call('ZCARD', versions) > most then
  -- Forget the oldest, as if everything had been purged at that time: that hides more than was asked for, and never less.
  local floor = 0
  local oldest = redis.call('ZRANGE', versions, 0, math.floor(most / 10), 'WITHSCORES')
  for i = 1, #oldest, 2 do
    if string.find(oldest[i], '^[gt]:') then
      redis.call('ZREM', versions, oldest[i])
      floor = math.max(floor, tonumber(oldest[i + 1]))
    end
  end
  redis.call('ZADD', versions, 'GT', floor, 'floor')
end
return 1
