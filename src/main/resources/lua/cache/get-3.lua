-- Looks an entry up; on request gives one caller at a time a lease to compute it.
-- KEYS[1] entry     as in put-3
-- KEYS[2] lease
-- KEYS[3] versions
-- ARGV[1] region
-- ARGV[2] token     of the lease to give; empty for none
-- ARGV[3] ttl       of the lease, ms
-- ARGV[4] luck      between 0 and 1, for refreshing early; 1 never does
-- ARGV[5] error     1 to take also what may be served only when computing fails
-- ARGV[6] etags     that the caller has, each between blanks, or `*`: of these the body is not sent
-- ARGV[7] body      0 to leave it out
-- returns {what, ms, stored, fresh, type, coding, etag, body}; {what, ms} where there is no entry to give; {4, ms, origin},
--   the last one being what the origin called the entry that is there still, or empty
--   what: 1 fresh, 2 stale, 3 stale on error, 0 missing, 4 missing and the lease is the caller's, 5 missing and the lease is
--   another's, for `ms` more; 6 missing, and computing it has just failed; 7 missing, and not to be stored. With 1 to 3, ms
--   is the time now

local entry, lease, versions = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local meta = redis.call('HMGET', entry, 's', 'y', 'c', 'e', 'g', 'v')
local what = 0
local stored, fresh
if meta[1] then
  local epoch, purges, at, untilFresh, untilStale, untilError, cost =
    string.match(meta[1], '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  stored, fresh = tonumber(at), tonumber(untilFresh)
  -- A purge after it was stored, or a lost record of purges, and it is as if it were not there.
  local checked = { 'epoch', 'floor', 'g:' .. ARGV[1] }
  for tag in string.gmatch(meta[5], '[^\n]+') do checked[#checked + 1] = 't:' .. ARGV[1] .. ':' .. tag end
  local found = redis.call('ZMSCORE', versions, unpack(checked))
  local valid = tonumber(found[1] or -1) == tonumber(epoch)
  for i = 2, #checked do
    if found[i] and tonumber(found[i]) > tonumber(purges) then valid = false end
  end
  if not valid then
    redis.call('UNLINK', entry)
    meta[6] = ''
  elseif now < fresh then
    what = 1
    -- XFetch (Vattani, Chierichetti, Lowenstein 2015): the nearer the end and the dearer the entry, the likelier.
    if ARGV[2] ~= '' and now - cost * math.log(tonumber(ARGV[4])) >= fresh then what = 2 end
  elseif now < tonumber(untilStale) then
    what = 2
  elseif ARGV[5] == '1' and now < tonumber(untilError) then
    what = 3
  end
end

if ARGV[2] ~= '' and what ~= 1 and what ~= 3 then
  local known = redis.call('ZMSCORE', versions, 'epoch', 'purges')
  if not known[1] then
    known = { string.format('%.0f', time[1] * 1000000 + time[2]), '0' }
    redis.pcall('ZADD', versions, known[1], 'epoch', 0, 'purges')
  end
  if redis.call('PTTL', versions) < ARGV[3] + 60000 then redis.call('PEXPIRE', versions, ARGV[3] + 60000) end
  local record = string.format('%s %.0f %.0f %.0f', ARGV[2], known[1], known[2], now)
  -- Refused when Redis' memory is full: then nobody computes, and what may be served is.
  local granted = redis.pcall('SET', lease, record, 'NX', 'PX', ARGV[3])
  if granted and granted.ok then
    return { 4, tonumber(ARGV[3]), meta[6] or '' }
  end
  if what == 0 and granted then return { 0, now } end
  if what == 0 then
    local held = redis.call('GET', lease)
    return { held == 'failed' and 6 or held == 'pass' and 7 or 5, math.max(1, redis.call('PTTL', lease)) }
  end
end
if what == 0 then return { 0, now } end
-- An early refresh that is another's already: to this caller the entry is as fresh as before.
if what == 2 and now < fresh then what = 1 end

local reply = { what, now, stored, fresh, meta[2], meta[3], meta[4] }
if ARGV[7] == '1' and ARGV[6] ~= '*' and not string.find(ARGV[6], ' ' .. meta[4] .. ' ', 1, true) then
  reply[8] = redis.call('HGET', entry, 'b')
end
return reply
