-- Whether a purge has hidden an entry, for the scripts that read or prolong one.

-- Whether neither the region nor one of the tags was purged since the state `epoch` and `purges` of the record of purges, and the
-- record was not lost since. `tags` are separated by line feeds.
local function valid(versions, region, tags, epoch, purges)
  local checked = { 'epoch', 'floor', 'g:' .. region }
  for tag in string.gmatch(tags, '[^\n]+') do checked[#checked + 1] = 't:' .. region .. ':' .. tag end
  local found = redis.call('ZMSCORE', versions, unpack(checked))
  if tonumber(found[1] or -1) ~= tonumber(epoch) then return false end
  for i = 2, #checked do
    if found[i] and tonumber(found[i]) > tonumber(purges) then return false end
  end
  return true
end

