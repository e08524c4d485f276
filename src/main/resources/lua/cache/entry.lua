-- The fields of an entry, for the scripts that store and remove one.

-- Of an entry, or of one variant: put-4 says what they hold.
local FIELDS = { 's', 'y', 'c', 'e', 'g', 'v', 'h', 'b' }

-- Removes an entry, or of one with variants this variant only: the others may have other tags, and the origin may judge them otherwise.
-- `call` is redis.call or redis.pcall.
local function remove(call, entry, variant)
  if variant == '' then return call('UNLINK', entry) end
  local own = {}
  for i, field in ipairs(FIELDS) do own[i] = field .. variant end
  return call('HDEL', entry, unpack(own))
end

