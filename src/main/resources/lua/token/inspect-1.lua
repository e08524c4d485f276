-- Reads the family of a refresh token and changes nothing, even if the token was already rotated.
-- KEYS[1] records   as in user/add-4
-- ARGV[1] family
-- ARGV[2] presented digest of the token
-- returns {user, state, data}, or nil if the token is not the family's current one or the family has expired

local records, family, presented = KEYS[1], ARGV[1], ARGV[2]
local found = redis.call('HMGET', records, 'user', family, family .. ':d')
if not found[2] then return false end
local digest, version, created, order, seen, idle, absolute, tail =
  string.match(found[2], '^(%S+) (%d+) (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if digest ~= presented or now >= math.min(seen + idle, absolute) then return false end
if seen + 0 > now or created + 0 > now then
  -- Redis' clock was set back: times in the future count as now, as in user/add-4.
  if seen + 0 > now then seen = now end
  if order ~= '' and created + 0 > now then
    absolute, order, created = now + absolute - created, string.format('+%.0f', (created - now) * 1000 + order), now
  end
  found[2] = table.concat({ digest, version, created .. order, seen, idle, absolute, tail }, ' ')
end
return found
