-- Adds a record (a session, a family of refresh tokens) to those of a user, if he may have one more, or in place of the
-- oldest. Every other script of the records reads what this one writes.
-- KEYS[1] records   hash of the user's records: `user`, and per record <id> its state, <id>:d and <id>:v two JSON texts
-- KEYS[2] index     sorted set of <created, 13 digits><id> by the time each ends, ms
-- KEYS[3] due       sorted set, of the partition: owners by the time of their first end, or earlier, ms
-- KEYS[4] events    stream, of the partition
-- ARGV[1] id
-- ARGV[2] digest    of the secret that its holder presents
-- ARGV[3] user
-- ARGV[4] data      JSON, kept under <id>:d
-- ARGV[5] device    JSON, kept under <id>:v; empty for none
-- ARGV[6] tail      what else the state shall hold
-- ARGV[7] idle      ms without use after which it ends
-- ARGV[8] life      ms from now after which it ends in any case
-- ARGV[9] most      records the user may have
-- ARGV[10] evict    1 to end the oldest in favour of this one
-- ARGV[11] kind     first word of the events' types
-- ARGV[12] owner    member of `due`
-- ARGV[13] kept     events the stream keeps, about
-- returns {code, state}; with LIMIT_REACHED {code, live}: the user has that many already
--   state: digest, version, created, seen, idle, absolute, tail; times in ms, `absolute` a point in time

local records, index, due, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, digest, user, data, device, tail = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local idle, life, most, evict = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local kind, owner, kept = ARGV[11], ARGV[12], ARGV[13]
-- codes user.UserRecords$Added
local ADDED, LIMIT_REACHED = 1, 0
-- Only for when no service runs that would remove what has ended, and tell of it: a day.
local LINGER = 86400000
local EVENTS_LIVE = 604800000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
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
    local oldest = string.sub(members[i], 14)
    redis.call('HDEL', records, oldest, oldest .. ':d', oldest .. ':v')
    redis.call('ZREM', index, members[i])
    tell('.evicted', oldest)
  end
end

local function keep(key)
  local ttl = absolute - now + LINGER
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
end
local state = table.concat({ digest, 1, now, now, idle, absolute, tail }, ' ')
local ends = math.min(now + idle, absolute)
redis.call('HSET', records, 'user', user, id, state, id .. ':d', data)
if device ~= '' then redis.call('HSET', records, id .. ':v', device) end
redis.call('ZADD', index, ends, string.format('%013.0f', now) .. id)
redis.call('ZADD', due, 'LT', ends, owner)
keep(records)
keep(index)
keep(due)
tell('.created', id)
redis.call('PEXPIRE', events, EVENTS_LIVE)
return { ADDED, state }
