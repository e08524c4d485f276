-- Preconditions of writes (RFC 9110, section 13.2.2), for the scripts that store and delete.
-- uses cache/validity

-- Returns the tag of the entry that a plain read would return, whether it is weak, and whether the entry stands for nothing. Of an entry
-- with variants, that of the one that the write selects.
local function current(entry, variant, versions, region, now)
  local meta = redis.call('HMGET', entry, 's' .. variant, 'e' .. variant, 'c' .. variant, 'g' .. variant, 'h' .. variant)
  if not meta[1] then return end
  local epoch, purges, untilFresh, untilStale = string.match(meta[1], '^(%d+) (%d+) %d+ (%d+) (%d+) ')
  if now >= math.max(untilFresh, untilStale) or not valid(versions, region, meta[4], epoch, purges) then return end
  return meta[2], string.find(string.lower(meta[5] or ''), '\netag:%s*w/') ~= nil, meta[3] == 'nothing'
end

-- Whether the preconditions hold: `match` is `If-Match` and `none` is `If-None-Match`, each empty for none, `*`, or tags between blanks.
-- If-Match compares strongly. A stored "not found" is no value, so it does not count for `*`.
local function met(match, none, entry, variant, versions, region, now)
  if match == '' and none == '' then return true end
  local tag, weak, nothing = current(entry, variant, versions, region, now)
  local function has(list) return tag and string.find(list, ' ' .. tag .. ' ', 1, true) end
  if match == '*' and (not tag or nothing) then return false end
  if match ~= '' and match ~= '*' and (weak or not has(match)) then return false end
  if none == '*' then return not tag or nothing end
  return none == '' or not has(none)
end

