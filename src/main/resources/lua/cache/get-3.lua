-- Looks an entry up; on request gives one caller at a time a lease to compute it, or the variant of it.
-- uses cache/validity
-- uses cache/entry
-- uses cache/leases
-- KEYS[1] entry     as in put-4
-- KEYS[2] lease     as in put-4
-- KEYS[3] versions
-- ARGV[1] region
-- ARGV[2] token     of the lease to give; empty for none
-- ARGV[3] ttl       of the lease, ms
-- ARGV[4] luck      between 0 and 1, for refreshing early; 1 never does
-- ARGV[5] failed    1 to take also what may be served only when computing fails
-- ARGV[6] etags     that the caller has, each between blanks, or `*`: of these the body is not sent
-- ARGV[7] most      bytes of a body to send; of a longer one its length, a number, is sent in its place; 0 to leave any body out
-- ARGV[8] variant   as in put-4
-- returns {code, ms, stored, fresh, type, coding, etag, head, body}; where there is no entry to return {code, ms, origin, head, stale},
--   with LEASED `origin` and `head` of the entry that is there still, or empty, with FAILED in place of `origin` the status, which may
--   be empty; `stale` is 1 if an entry is there still
--   FRESH, STALE, STALE_ON_ERROR: here is an entry, and ms is the time now. MISSING: there is none. LEASED: there is none, and the
--   lease is the caller's, for ms. BUSY: another caller has the lease, for ms more. FAILED: computing it has just failed, told
--   for ms more. PASS: it is not to be stored, or too many variants of it are computed at once

local entry, lease, versions = KEYS[1], KEYS[2], KEYS[3]
local region, token, ttl, luck = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local failed, etags, most, variant = ARGV[5] == '1', ARGV[6], tonumber(ARGV[7]), ARGV[8]
-- codes cache.EntryState
local MISSING, FRESH, STALE, STALE_ON_ERROR, LEASED, BUSY, FAILED, PASS = 0, 1, 2, 3, 4, 5, 6, 7

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local meta = redis.call('HMGET', entry, 's' .. variant, 'y' .. variant, 'c' .. variant, 'e' .. variant, 'g' .. variant,
  'v' .. variant, 'h' .. variant)
local what = MISSING
local stored, fresh
if meta[1] then
  local epoch, purges, at, untilFresh, untilStale, untilError, cost =
    string.match(meta[1], '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  stored, fresh = tonumber(at), tonumber(untilFresh)
  -- Redis' clock was set back: the entry counts as stored now, and lives no longer than it was meant to.
  local ahead = stored - now
  if ahead > 0 then
    stored, fresh, untilStale, untilError = now, fresh - ahead, untilStale - ahead, untilError - ahead
    redis.pcall('HSET', entry, 's' .. variant, string.format('%s %s %.0f %.0f %.0f %.0f %s', epoch, purges, stored, fresh, untilStale, untilError,
      cost))
  end
  -- A purge after it was stored, or a lost record of purges, and it is as if it were not there.
  if not valid(versions, region, meta[5], epoch, purges) then
    remove(redis.pcall, entry, variant)
    meta[1], meta[6], meta[7] = nil, '', ''
  elseif now < fresh then
    what = FRESH
    -- XFetch (Vattani, Chierichetti, Lowenstein 2015): the nearer the end and the more expensive the entry, the likelier.
    if token ~= '' and now - cost * math.log(luck) >= fresh then what = STALE end
  elseif now < tonumber(untilStale) then
    what = STALE
  elseif failed and now < tonumber(untilError) then
    what = STALE_ON_ERROR
  end
end

local there = meta[1] and 1 or 0

if token ~= '' and what ~= FRESH and what ~= STALE_ON_ERROR then
  -- What Redis refuses here, for its memory is full, or it is read-only, must not fail the call: then nobody computes, and what may
  -- be served is. It refuses for its memory only until a script's first write, so the lease is written before what needs no memory.
  local refused = false
  local function write(...)
    local reply = not refused and redis.pcall(...)
    refused = refused or type(reply) == 'table' and reply.err ~= nil
    return reply
  end
  local known = redis.call('ZMSCORE', versions, 'epoch', 'purges')
  if not known[1] then
    known = { string.format('%.0f', time[1] * 1000000 + time[2]), '0' }
    write('ZADD', versions, known[1], 'epoch', 0, 'purges')
  end
  local record = string.format('%s %.0f %.0f %.0f', token, known[1], known[2], now)
  local granted, held, left, displacing
  if variant == '' then
    granted = write('SET', lease, record, 'NX', 'PX', ttl)
    if not granted and not refused then held, left = redis.call('GET', lease), redis.call('PTTL', lease) end
  else
    held, left = holder(lease, variant, now)
    displacing = not held and displaced(lease, variant, now, there == 1)
    granted = displacing and hold(write, lease, variant, record, now, ttl)
    if granted and not refused and #displacing > 0 then redis.call('HDEL', lease, unpack(displacing)) end
  end
  -- Redis' clock was set back since: it ends no later than any lease, or any pause, may.
  if held and left > longest(held) then granted = hold(write, lease, variant, record, now, ttl) end
  if redis.call('PTTL', versions) < ttl + 60000 then write('PEXPIRE', versions, ttl + 60000) end
  if granted and not refused then return { LEASED, ttl, meta[6] or '', meta[7] or '', there } end
  if what == MISSING and not refused then
    if not held then return { PASS, 1, '', '', there } end
    local status = string.match(held, '^failed:?(%d*)$')
    left = math.max(1, left)
    if status then return { FAILED, left, status, '', there } end
    return { held == 'pass' and PASS or BUSY, left, '', '', there }
  end
end
if what == MISSING then return { MISSING, now, '', '', there } end
-- An early refresh that is another's already: to this caller the entry is as fresh as before.
if what == STALE and now < fresh then what = FRESH end

local reply = { what, now, stored, fresh, meta[2], meta[3], meta[4], meta[7] or '' }
if most > 0 and etags ~= '*' and not string.find(etags, ' ' .. meta[4] .. ' ', 1, true) then
  local length = redis.call('HSTRLEN', entry, 'b' .. variant)
  reply[9] = length > most and length or redis.call('HGET', entry, 'b' .. variant)
end
return reply
