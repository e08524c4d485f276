-- Applies changed limits of the queue to some of its groups: what is used of their rates is converted, parked jobs wait as the new rate
-- says, and more jobs of a group may be active at once. The sweep does the same, if a caller has not gone on to the end.
-- uses queue/jobs
-- KEYS[1] meta
-- returns 1 if there is more to do, else 0

return regroup_some() and 1 or 0
