-- Forgets an entry, and voids the lease of whoever computes it.
-- KEYS[1] entry
-- KEYS[2] lease
-- returns how many of the two there were

return redis.call('UNLINK', KEYS[1], KEYS[2])
