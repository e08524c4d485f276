-- Deletes an entry if the preconditions are met, and voids the lease of a caller that computes it.
-- KEYS[1] entry     as in put-4
-- KEYS[2] lease
-- KEYS[3] versions
-- KEYS[4] index
-- ARGV[1] region
-- ARGV[2] match     `If-Match`, of an entry without variants: empty for none, `*`, or tags, each between blanks
-- ARGV[3] none      `If-None-Match`, the same
-- ARGV[4] name      of the entry in the index
-- returns a code
--   UNMET: a precondition is, and nothing was changed

local entry, lease, versions, index = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local region, match, none, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
-- codes cache.DeleteCode
local DELETED, UNMET = 1, -2

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Returns the tag of the entry that a plain read would return, whether it is weak, and whether the entry stands for nothing.
local function current()
  local meta = redis.call('HMGET', entry, 's', 'e', 'c', 'g', 'h')
  if not meta[1] then return end
  local born, seen, untilFresh, untilStale = string.match(meta[1], '^(%d+) (%d+) %d+ (%d+) (%d+) ')
  if now >= math.max(untilFresh, untilStale) then return end
  local checked = { 'epoch', 'floor', 'g:' .. region }
  for tag in string.gmatch(meta[4], '[^\n]+') do checked[#checked + 1] = 't:' .. region .. ':' .. tag end
  local found = redis.call('ZMSCORE', versions, unpack(checked))
  if tonumber(found[1] or -1) ~= tonumber(born) then return end
  for i = 2, #checked do
    if found[i] and tonumber(found[i]) > tonumber(seen) then return end
  end
  return meta[2], string.find(string.lower(meta[5] or ''), '\netag:%s*w/') ~= nil, meta[3] == 'nothing'
end

-- Whether the preconditions hold (RFC 9110, section 13.2.2). If-Match compares strongly. A stored "not found" is no value, so it does not
-- count for `*`.
local function met()
  if match == '' and none == '' then return true end
  local tag, weak, nothing = current()
  local function has(list) return tag and string.find(list, ' ' .. tag .. ' ', 1, true) end
  if match == '*' and (not tag or nothing) then return false end
  if match ~= '' and match ~= '*' and (weak or not has(match)) then return false end
  if none == '*' then return not tag or nothing end
  return none == '' or not has(none)
end

if not met() then return UNMET end
redis.call('UNLINK', entry, lease)
redis.call('ZREM', index, name)
return DELETED
