-- Takes one of `limit` concurrent leases, if one is free. Leases that were not renewed in time are gone.
-- KEYS[1] leases   sorted set of lease ids by the time they end, ms
-- ARGV[1] limit    leases at once
-- ARGV[2] ttl      ms
-- ARGV[3] lease    id of the new lease; empty only looks
-- ARGV[4] longest  ms that a lease may last; one that ends later, by an older setting or because the clock was set back, ends then
-- returns {acquired 0|1, remaining, reset, retryAfter, now}, the last three in ms
--   reset: until all leases have ended. retryAfter: until a place is free, 0 if one is.

local leases, limit, ttl, lease, longest = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local latest = string.format('%.0f', now + longest)

redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
for _, late in ipairs(redis.call('ZRANGEBYSCORE', leases, '(' .. latest, '+inf')) do
  redis.call('ZADD', leases, latest, late)
end
local held = redis.call('ZCARD', leases)
local free = limit - held
local acquired = 0
if free > 0 then
  acquired = 1
  if lease ~= '' then
    redis.call('ZADD', leases, now + ttl, lease)
    free = free - 1
  end
end
local last = redis.call('ZRANGE', leases, -1, -1, 'WITHSCORES')[2]
local reset = last and last - now or 0
if reset > 0 then redis.call('PEXPIRE', leases, reset) end
local retry = 0
if acquired == 0 then retry = redis.call('ZRANGE', leases, held - limit, held - limit, 'WITHSCORES')[2] - now end
return { acquired, math.max(0, free), reset, retry, now }
