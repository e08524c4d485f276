-- Looks a session up by its token, and notes that it was used, but not at every use.
-- KEYS[1] records   as in user/add-4; the tail of a session's state is when its user last proved who he is, ms
-- KEYS[2] index
-- ARGV[1] id
-- ARGV[2] presented digest of the token
-- ARGV[3] touch     1 to note the use
-- returns {user, state, data, device}, the last one empty where there is none; or nil if the token is not, or no longer, valid

local records, index = KEYS[1], KEYS[2]
local id, presented, touch = ARGV[1], ARGV[2], ARGV[3] == '1'
local found = redis.call('HMGET', records, 'user', id, id .. ':d', id .. ':v')
local state = found[2]
if not state then return false end
local digest, version, created, seen, idle, absolute, tail =
  string.match(state, '^(%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if digest ~= presented or now >= math.min(seen + idle, absolute) then return false end

if touch and now - seen >= math.min(30000, idle / 10) then
  local touched = table.concat({ digest, version, created, now, idle, absolute, tail }, ' ')
  -- Refused when Redis' memory is full; that is no reason to turn the user away.
  local written = redis.pcall('HSET', records, id, touched)
  if type(written) == 'number' then
    state = touched
    redis.call('ZADD', index, 'XX', math.min(now + idle, absolute), string.format('%013.0f', created) .. id)
  end
end
return { found[1], state, found[3], found[4] or '' }
