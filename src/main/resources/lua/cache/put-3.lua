-- Stores an entry, unless it was computed under a lease that is void by now.
-- KEYS[1] entry     hash: `s` its state, `y` content type, `c` coding, `e` entity tag, `g` tags, `b` body, `v` the origin's
--                   own entity tag, empty where there is none
-- KEYS[2] lease     `<token> <epoch> <purges> <since>` of who computes the entry, gone when void; or `failed` or `pass`
-- KEYS[3] versions  sorted set, of the partition: `epoch`, a number that no earlier set of it had; `purges`, how many there
--                   were; `floor`; and of each region g:<region> and tag t:<region>:<tag> that was purged, by which purge
-- ARGV[1] region
-- ARGV[2] token     of the lease; empty to store in any case
-- ARGV[3] tags      separated by line feeds; may be empty
-- ARGV[4] type
-- ARGV[5] coding    of the body: empty; gzip; nothing for an entry that stands for nothing; keep to prolong what is stored
-- ARGV[6] etag
-- ARGV[7] fresh     ms
-- ARGV[8] stale     ms after that in which it may be served while it is computed anew
-- ARGV[9] error     ms after `fresh` in which it may be served when that fails
-- ARGV[10] cost     ms it took to compute; -1 to take the age of the lease
-- ARGV[11] origin   its entity tag
-- ARGV[12] body
-- returns 1; 0 if the lease is void; -1 if there is nothing to keep, and the lease stays
--   state: epoch, purges, stored, fresh, stale, error, cost; points in time in ms

local entry, lease, versions = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fresh, cost = tonumber(ARGV[7]), tonumber(ARGV[10])
local life = fresh + math.max(ARGV[8], ARGV[9])

local known = redis.call('ZMSCORE', versions, 'epoch', 'purges')
-- Written out, for newer servers may answer 1e+08.
local function whole(score) return score and string.format('%.0f', score) end
local epoch, purges = whole(known[1]), whole(known[2])

if ARGV[2] ~= '' then
  local held = redis.call('GET', lease)
  local token, since, before, at = string.match(held or '', '^(%S+) (%d+) (%d+) (%d+)$')
  local void = token ~= ARGV[2] or since ~= epoch
  if not void then
    local checked = { 'floor', 'g:' .. ARGV[1] }
    for tag in string.gmatch(ARGV[3], '[^\n]+') do checked[#checked + 1] = 't:' .. ARGV[1] .. ':' .. tag end
    for _, purge in ipairs(redis.call('ZMSCORE', versions, unpack(checked))) do
      if purge and tonumber(purge) > tonumber(before) then void = true end
    end
  end
  if void then
    if token == ARGV[2] then redis.call('UNLINK', lease) end
    return 0
  end
  purges = before
  if cost < 0 then cost = now - at end
elseif not epoch then
  epoch, purges = string.format('%.0f', time[1] * 1000000 + time[2]), '0'
  redis.call('ZADD', versions, epoch, 'epoch', 0, 'purges')
end

-- The first write, so that Redis refuses it when its memory is full.
local state = table.concat({ epoch, purges, now, now + fresh, now + fresh + ARGV[8], now + fresh + ARGV[9],
  math.max(cost, 0) }, ' ')
if ARGV[5] == 'keep' then
  if redis.call('EXISTS', entry) == 0 then return -1 end
  redis.call('HSET', entry, 's', state)
else
  redis.call('HSET', entry, 's', state, 'y', ARGV[4], 'c', ARGV[5], 'e', ARGV[6], 'g', ARGV[3], 'v', ARGV[11],
    'b', ARGV[12])
end
redis.call('UNLINK', lease)
redis.call('PEXPIRE', entry, life)
-- Longer than any entry: without it none is believed.
if redis.call('PTTL', versions) < life + 60000 then redis.call('PEXPIRE', versions, life + 60000) end
return 1
