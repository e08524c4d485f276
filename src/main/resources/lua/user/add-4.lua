-- Adds a record (a session or a family of refresh tokens) of a user. If the user has reached the limit, refuses it or evicts the oldest
-- record. All other scripts of records read what this one writes.
-- KEYS[1] records   hash of the user's records: `user`, `last` the place in order of the newest record, and per record <id> its state,
--                   <id>:d and <id>:v two JSON texts
-- KEYS[2] index     sorted set of <place, 16 digits><id> by expiry in ms. The place is the µs of creation, or one more than `last` if
--                   that is not later. Records of earlier versions have <created, 13 digits><id>
-- KEYS[3] due       sorted set, of the partition: owners by the ms of their first expiry, or earlier
-- KEYS[4] events    stream, of the partition
-- ARGV[1] id
-- ARGV[2] digest    of the secret that the holder presents
-- ARGV[3] user
-- ARGV[4] data      JSON, stored in <id>:d
-- ARGV[5] device    JSON, stored in <id>:v; empty for none
-- ARGV[6] tail      further fields of the state
-- ARGV[7] idle      ms without use after which it expires
-- ARGV[8] life      ms from now after which it expires in any case
-- ARGV[9] most      maximum number of records of the user
-- ARGV[10] evict    1 to evict the oldest records in favour of this one
-- ARGV[11] kind     first word of the events' types
-- ARGV[12] owner    member of `due`
-- ARGV[13] kept     approximate number of events that the stream retains
-- returns {code, state}; with LIMIT_REACHED {code, live}: the user has `live` records
--   state: digest, version, created, seen, idle, absolute, tail; times in ms, `absolute` a point in time. `created` is
--   <ms>+<what leads from the ms to the place in µs>. Times in the future, after Redis' clock was set back, count as now

local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, digest, user, data, device, tail = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local idle, life, most, evict = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local kind, owner, kept = ARGV[11], ARGV[12], ARGV[13]
-- codes user.AddCode
local ADDED, LIMIT_REACHED = 1, 0
-- A day. The service removes expired records and emits their events; the TTL is for when it does not run.
local LINGER = 86400000
local EVENTS_LIVE = 604800000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- The place only grows, so that records of one ms, and those opened after the clock was set back, keep their order.
local place = math.max(time[1] * 1000000 + time[2], (redis.call('HGET', records, 'last') or 0) + 1)
local absolute = now + life

local function tell(what, which)
  redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'type', kind .. what, 'id', which, 'user', user)
end

local live = redis.call('ZCOUNT', index, '(' .. now, '+inf')
if live >= most then
  if not evict then return { LIMIT_REACHED, live } end
  local members = redis.call('ZRANGEBYSCORE', index, '(' .. now, '+inf')
  table.sort(members)
  for i = 1, live - most + 1 do
    local oldest = string.sub(members[i], -20)
    redis.call('HDEL', records, oldest, oldest .. ':d', oldest .. ':v')
    redis.call('ZREM', index, members[i])
    tell('.evicted', oldest)
  end
end

local function keep(key)
  local ttl = absolute - now + LINGER
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
end
local state = table.concat({ digest, 1, string.format('%.0f+%.0f', now, place - now * 1000), now, idle, absolute, tail }, ' ')
local ends = math.min(now + idle, absolute)
place = string.format('%016.0f', place)
redis.call('HSET', records, 'user', user, 'last', place, id, state, id .. ':d', data)
if device ~= '' then redis.call('HSET', records, id .. ':v', device) end
redis.call('ZADD', index, ends, place .. id)
redis.call('ZADD', due, 'LT', ends, owner)
keep(records)
keep(index)
keep(due)
tell('.created', id)
redis.call('PEXPIRE', events, EVENTS_LIVE)
return { ADDED, state }
