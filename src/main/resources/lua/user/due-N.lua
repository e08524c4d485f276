-- Lists owners that may have an expired record.
-- KEYS     the `due` sets of some partitions, as in add-4; on a cluster, of one
-- ARGV[1] most   maximum number of owners of each partition
-- returns {owner, ...}

local most = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
for _, due in ipairs(KEYS) do
  for _, owner in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most)) do
    found[#found + 1] = owner
  end
end
return found
