-- Preconditions of writes to an entry without variants (RFC 9110, section 13.2.2), for the scripts that store and delete.

-- Returns the tag of the entry that a plain read would return, whether it is weak, and whether the entry stands for nothing.
local function current(entry, versions, region, now)
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

-- Whether the preconditions hold: `match` is `If-Match` and `none` is `If-None-Match`, each empty for none, `*`, or tags between blanks.
-- If-Match compares strongly. A stored "not found" is no value, so it does not count for `*`.
local function met(match, none, entry, versions, region, now)
  if match == '' and none == '' then return true end
  local tag, weak, nothing = current(entry, versions, region, now)
  local function has(list) return tag and string.find(list, ' ' .. tag .. ' ', 1, true) end
  if match == '*' and (not tag or nothing) then return false end
  if match ~= '' and match ~= '*' and (weak or not has(match)) then return false end
  if none == '*' then return not tag or nothing end
  return none == '' or not has(none)
end

