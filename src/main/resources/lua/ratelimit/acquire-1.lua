-- Takes one of `limit` concurrent leases, if one is free. Leases that were not renewed in time are gone.
-- KEYS[1] leases   sorted set of lease ids by the time they end, ms
-- ARGV[1] limit    leases at once
-- ARGV[2] ttl      ms
-- ARGV[3] lease    id of the new lease; empty only looks
-- returns {acquired 0|1, remaining, reset, retryAfter, now}, the last three in ms
--   reset: until all leases have ended. retryAfter: until the first one ends, 0 if one is free.

local leases, limit, ttl, lease = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
local free = limit - redis.call('ZCARD', leases)
local acquired = 0
if free > 0 then
  acquired = 1
  if lease ~= '' then
    redis.call('ZADD', leases, now + ttl, lease)
    free = free - 1
  end
end
local first = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')[2]
local last = redis.call('ZRANGE', leases, -1, -1, 'WITHSCORES')[2]
local reset = last and last - now or 0
if reset > 0 then redis.call('PEXPIRE', leases, reset) end
return { acquired, math.max(0, free), reset, acquired == 0 and first and first - now or 0, now }
