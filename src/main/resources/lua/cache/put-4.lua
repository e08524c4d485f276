-- Stores an entry, unless it was computed under a lease that is void by now, or a precondition is not met.
-- uses cache/preconditions
-- uses cache/entry
-- uses cache/leases
-- KEYS[1] entry     hash: `s` its state, `y` content type, `c` coding, `e` entity tag, `g` tags, `b` body, `v` the
--                   origin's own entity tag, and on a second line its Last-Modified; empty where there is neither; `h`, the
--                   status and fields of its response. Of a variant, each of these names with the variant's behind it
-- KEYS[2] lease     of the caller that computes it, gone when void, or a reason: string, or for a variant the hash, as in leases
-- KEYS[3] versions  sorted set, of the partition: `epoch`, a number that no earlier set of it had; `purges`, how many there
--                   were; `floor`; and of each region g:<region> and tag t:<region>:<tag> that was purged, by which purge
-- KEYS[4] index     sorted set, of the region in the partition: keys by the ms until which their entry may be served
-- ARGV[1] region
-- ARGV[2] token     of the lease; empty to store in any case
-- ARGV[3] tags      separated by line feeds; may be empty
-- ARGV[4] media     content type; empty with `keep` to keep that, too
-- ARGV[5] coding    of the body: empty; gzip; nothing for an entry that stands for nothing; keep to prolong what is stored
-- ARGV[6] etag
-- ARGV[7] fresh     ms
-- ARGV[8] stale     ms after that in which it may be served while it is computed anew
-- ARGV[9] errors    ms after `fresh` in which it may be served when that fails
-- ARGV[10] cost     ms it took to compute; -1 to take the age of the lease
-- ARGV[11] origin   its entity tag and Last-Modified
-- ARGV[12] head     status and fields of its response; empty where there was none
-- ARGV[13] age      ms, of the response when it arrived
-- ARGV[14] keep     ms for which it is kept after its end, to ask the origin whether it has changed
-- ARGV[15] variant  `:` and its name; empty for an entry without variants
-- ARGV[16] most     variants of an entry
-- ARGV[17] match   `If-Match`, of the variant: empty for none, `*`, or tags, each between blanks
-- ARGV[18] none    `If-None-Match`, the same
-- ARGV[19] name    of the entry in the index
-- ARGV[20] listed  most names in the index; 0 for a region that does not list its keys
-- ARGV[21] body
-- returns a code
--   VOID: the lease is. NOTHING_TO_KEEP: the entry to prolong is gone, and the lease stays. FULL: the entry has as many variants as it
--   may have, and the lease stays. UNMET: a precondition is, and the lease stays
--   state: epoch, purges, stored, fresh, stale, error, cost; points in time in ms; stored is that of the response, before it aged

local entry, lease, versions, index = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local region, token, tags, media, coding, etag = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local fresh, stale, errors = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local cost, origin, head = tonumber(ARGV[10]), ARGV[11], ARGV[12]
local age, keep, variant, most = tonumber(ARGV[13]), tonumber(ARGV[14]), ARGV[15], tonumber(ARGV[16])
local match, none, name, listed, body = ARGV[17], ARGV[18], ARGV[19], tonumber(ARGV[20]), ARGV[21]
-- codes cache.StoreCode
local DONE, VOID, NOTHING_TO_KEEP, FULL, UNMET = 1, 0, -1, -2, -3

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = fresh + math.max(stale, errors) + keep

local known = redis.call('ZMSCORE', versions, 'epoch', 'purges')
-- Written out, for newer servers may answer 1e+08.
local function whole(score) return score and string.format('%.0f', score) end
local epoch, purges = whole(known[1]), whole(known[2])

if token ~= '' then
  local held = holder(lease, variant, now)
  local owner, since, before, at = string.match(held or '', '^(%S+) (%d+) (%d+) (%d+)$')
  if owner ~= token or not valid(versions, region, tags, since, before) then
    if owner == token then vacate(lease, variant) end
    return VOID
  end
  purges = before
  if cost < 0 then cost = now - at end
end
if not met(match, none, entry, variant, versions, region, now) then return UNMET end
if token == '' and not epoch then
  epoch, purges = string.format('%.0f', time[1] * 1000000 + time[2]), '0'
  redis.call('ZADD', versions, epoch, 'epoch', 0, 'purges')
end

local function of(variant, name) return name .. variant end
-- Whether an entry without variants is there too does not matter: it counts as one more.
local others = redis.call('HLEN', entry) - redis.call('HEXISTS', entry, of(variant, 's')) * #FIELDS
local ended = {}
if variant ~= '' and coding ~= 'keep' and others >= most * #FIELDS then
  for _, name in ipairs(redis.call('HKEYS', entry)) do
    local other = string.match(name, '^s(:.+)$')
    if other and other ~= variant then
      local held = redis.call('HMGET', entry, name, of(other, 'g'))
      local since, before, untilStale, untilError = string.match(held[1], '^(%d+) (%d+) %d+ %d+ (%d+) (%d+) %d+$')
      if now >= math.max(tonumber(untilStale), tonumber(untilError)) or not valid(versions, region, held[2], since, before) then
        ended[#ended + 1] = other
      end
    end
  end
  others = others - #ended * #FIELDS
  if others >= most * #FIELDS then return FULL end
end

-- Before what frees memory or needs none: Redis refuses what needs some, when its memory is full, as a script's first write only.
local state = table.concat({ epoch, purges, math.max(0, now - age), now + fresh, now + fresh + stale, now + fresh + errors,
  math.max(cost, 0) }, ' ')
if coding == 'keep' then
  if redis.call('HEXISTS', entry, of(variant, 's')) == 0 then return NOTHING_TO_KEEP end
  redis.call('HSET', entry, of(variant, 's'), state, of(variant, 'g'), tags, of(variant, 'v'), origin, of(variant, 'h'), head)
  if media ~= '' then redis.call('HSET', entry, of(variant, 'y'), media) end
else
  redis.call('HSET', entry, of(variant, 's'), state, of(variant, 'y'), media, of(variant, 'c'), coding, of(variant, 'e'), etag,
    of(variant, 'g'), tags, of(variant, 'v'), origin, of(variant, 'h'), head, of(variant, 'b'), body)
end
for _, other in ipairs(ended) do remove(redis.call, entry, other) end
vacate(lease, variant)
redis.call('PEXPIRE', entry, others > 0 and math.max(life, redis.call('PTTL', entry)) or life)
-- Longer than any entry: without it none is believed.
if redis.call('PTTL', versions) < life + 60000 then redis.call('PEXPIRE', versions, life + 60000) end

if listed > 0 then
  local ends = now + life - keep
  if others > 0 then redis.call('ZADD', index, 'GT', ends, name) else redis.call('ZADD', index, ends, name) end
  -- Those that have ended, a few at a time, and where there are too many, those that end first.
  local over = redis.call('ZRANGEBYSCORE', index, '-inf', now, 'LIMIT', 0, 10)
  if #over > 0 then redis.call('ZREM', index, unpack(over)) end
  local excess = redis.call('ZCARD', index) - listed
  if excess > 0 then redis.call('ZREM', index, unpack(redis.call('ZRANGE', index, 0, math.min(excess, 10) - 1))) end
  if redis.call('PTTL', index) < life + 60000 then redis.call('PEXPIRE', index, life + 60000) end
end
return DONE
