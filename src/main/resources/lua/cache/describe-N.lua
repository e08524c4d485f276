-- Describes the entries of some keys of an index, and removes from it what is there no more: deleted, expired, purged or evicted.
-- uses cache/validity
-- KEYS[1] index     as in put-4
-- KEYS[2] versions
-- KEYS     then the entries, of KeyList.BATCH keys at most: each may have 16 variants with 32 tags, and other callers wait meanwhile
-- ARGV[1] region
-- ARGV     then the name of each entry in the index
-- returns for each entry {code, ms, stored, fresh, type, coding, etag, tags, bytes}, ms is the time now; or {MISSING}

local index, versions, region = KEYS[1], KEYS[2], ARGV[1]
-- codes cache.EntryState
local MISSING, FRESH, STALE, STALE_ON_ERROR = 0, 1, 2, 3

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function variant(entry, of)
  local meta = redis.call('HMGET', entry, 's' .. of, 'y' .. of, 'c' .. of, 'e' .. of, 'g' .. of)
  local epoch, purges, stored, fresh, stale, errors = string.match(meta[1], '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) ')
  -- Redis' clock was set back: as in get-3.
  local ahead = math.max(0, stored - now)
  stored, fresh, stale, errors = stored - ahead, fresh - ahead, stale - ahead, errors - ahead
  local what = now < fresh and FRESH or now < stale and STALE or now < errors and STALE_ON_ERROR
  if not what or not valid(versions, region, meta[5], epoch, purges) then return end
  return { what, now, stored, fresh, meta[2], meta[3], meta[4], meta[5], redis.call('HSTRLEN', entry, 'b' .. of) }
end

-- Of several variants, that which is fresh for longest, with the bytes of all of them.
local function describe(entry)
  local best, bytes = nil, 0
  for _, field in ipairs(redis.call('HKEYS', entry)) do
    local found = string.find(field, '^s') and variant(entry, string.sub(field, 2))
    if found then
      bytes = bytes + found[9]
      if not best or found[4] > best[4] then best = found end
    end
  end
  if best then best[9] = bytes end
  return best
end

local reply = {}
for i = 3, #KEYS do
  local entry, name = KEYS[i], ARGV[i - 1]
  reply[i - 2] = describe(entry)
  if not reply[i - 2] then
    reply[i - 2] = { MISSING }
    redis.pcall('ZREM', index, name)
  end
end
return reply
