-- Prolongs a lease that is still held. Never brings back one that ended.
-- KEYS[1] leases   sorted set of lease ids by the time they end, ms
-- ARGV[1] limit    leases at once
-- ARGV[2] ttl      ms from now
-- ARGV[3] lease    id
-- ARGV[4] longest  ms that a lease may last; one that ends later, by an older setting or because the clock was set back, ends then
-- returns {held 0|1, remaining, now in ms}

local leases, limit, ttl, lease, longest = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local latest = string.format('%.0f', now + longest)

redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
for _, late in ipairs(redis.call('ZRANGEBYSCORE', leases, '(' .. latest, '+inf')) do
  redis.call('ZADD', leases, latest, late)
end
local held = redis.call('ZSCORE', leases, lease) and 1 or 0
if held == 1 then
  redis.call('ZADD', leases, now + ttl, lease)
  redis.call('PEXPIRE', leases, redis.call('ZRANGE', leases, -1, -1, 'WITHSCORES')[2] - now)
end
return { held, math.max(0, limit - redis.call('ZCARD', leases)), now }
