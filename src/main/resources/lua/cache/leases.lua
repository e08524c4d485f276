-- Leases to compute an entry, and the reasons why nobody has one, for the scripts that grant, use and end them.
-- Of an entry without variants: a string, which is a record. Of variants, each of which has a lease of its own: a hash, of each variant
-- the ms until which its record holds, a blank, and the record. A record is `<token> <epoch> <purges> <since>` of the caller that
-- computes; or the reason `failed`, `failed:<status>` or `pass`, as in release-2.

-- ms for which a caller may compute, and for which an origin may ask not to be requested: CacheService, ReadThrough
local MAX_LEASE, MAX_PAUSE = 60000, 3600000
-- Of one key: records of variants at a time. A caller may send any value, so their number needs a bound.
local MAX_RECORDS = 64

-- For how many ms a record may hold.
local function longest(record) return string.find(record, '^failed:') and MAX_PAUSE or MAX_LEASE end

local function split(held)
  local ends, record = string.match(held or '', '^(%d+) (.+)$')
  return tonumber(ends), record
end

-- The record of a variant, and for how many ms more it holds; of an entry without variants the record only; nil if there is none.
local function holder(lease, variant, now)
  if variant == '' then return redis.call('GET', lease) or nil end
  local ends, record = split(redis.call('HGET', lease, variant))
  -- As any key of Redis, until the ms of its end is over.
  if not ends or now > ends then return nil end
  return record, ends - now
end

-- Writes the record in place of any other, for so many ms. Returns the reply of Redis. `call` is redis.call, or as redis.pcall.
local function hold(call, lease, variant, record, now, ms)
  if variant == '' then return call('SET', lease, record, 'PX', ms) end
  local written = call('HSET', lease, variant, string.format('%.0f %s', now + ms, record))
  if redis.call('PTTL', lease) < ms then call('PEXPIRE', lease, ms) end
  return written
end

-- Removes the record.
local function vacate(lease, variant)
  if variant == '' then return redis.call('UNLINK', lease) end
  return redis.call('HDEL', lease, variant)
end

-- The variants whose records must go so that there is room for that of `variant`; nil if none may go. First those that have ended, then
-- the reason that ends first. The lease of another caller goes for a variant that is stored only: what callers send must not keep
-- variants that are in use from being refreshed.
local function displaced(lease, variant, now, stored)
  if redis.call('HLEN', lease) < MAX_RECORDS or redis.call('HEXISTS', lease, variant) == 1 then return {} end
  local ended, reason, computed = {}, {}, {}
  local all = redis.call('HGETALL', lease)
  for i = 1, #all, 2 do
    local ends, record = split(all[i + 1])
    -- Redis' clock was set back since: it has ended, too.
    if now > ends or ends - now > longest(record) then
      ended[#ended + 1] = all[i]
    else
      local kind = string.find(record, ' ', 1, true) and computed or reason
      if not kind.ends or ends < kind.ends then kind[1], kind.ends = all[i], ends end
    end
  end
  if #ended > 0 then return ended end
  if #reason > 0 then return reason end
  return stored and computed or nil
end

