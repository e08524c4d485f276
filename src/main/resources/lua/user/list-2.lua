-- Returns one page of a user's records, newest first.
-- KEYS[1] records   as in add-4
-- KEYS[2] index
-- ARGV[1] limit     maximum number of records
-- ARGV[2] before    where the previous page ended; empty for the first page
-- ARGV[3] bytes     after which the page ends early, but with at least one record
-- returns {user, next, id, state, data, device, id, ...}; `next` is empty on the last page, `device` if there is none

local records, index = KEYS[1], KEYS[2]
local limit, before, bytes = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Redis' clock was set back: times in the future count as now, as in add-4.
local function capped(state)
  local digest, version, created, order, seen, idle, absolute, tail =
    string.match(state, '^(%S+) (%d+) (%d+)(%+?%d*) (%d+) (%d+) (%d+) (.*)$')
  if seen + 0 <= now and created + 0 <= now then return state end
  if order ~= '' and created + 0 > now then
    absolute, order, created = now + absolute - created, '+0', now
  end
  return table.concat({ digest, version, created .. order, math.min(seen, now), idle, absolute, tail }, ' ')
end
local members = redis.call('ZRANGEBYSCORE', index, '(' .. now, '+inf')
table.sort(members, function(a, b) return a > b end)
local reply = { redis.call('HGET', records, 'user') or '', '' }
local last, size = nil, 0
for _, member in ipairs(members) do
  if before == '' or member < before then
    if limit == 0 or size > bytes then
      reply[2] = last
      break
    end
    local id = string.sub(member, -20)
    local fields = redis.call('HMGET', records, id, id .. ':d', id .. ':v')
    if fields[1] then
      fields[1] = capped(fields[1])
      reply[#reply + 1] = id
      for f = 1, 3 do
        reply[#reply + 1] = fields[f] or ''
        size = size + #(fields[f] or '')
      end
      last, limit = member, limit - 1
    end
  end
end
return reply
