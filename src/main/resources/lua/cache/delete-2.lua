-- Forgets an entry, and voids the lease of whoever computes it.
-- KEYS[1] entry
-- KEYS[2] lease
-- returns how many of the two there were

local entry, lease = KEYS[1], KEYS[2]
return redis.call('UNLINK', entry, lease)
