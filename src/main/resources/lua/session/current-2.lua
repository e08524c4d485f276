-- Reads a session by its token, and records the use, but not every use.
-- KEYS[1] records   as in user/add-4; the tail of a session's state is the ms at which the user last authenticated
-- KEYS[2] index
-- ARGV[1] id
-- ARGV[2] presented digest of the token
-- ARGV[3] touch     1 to record the use
-- returns {user, state, data, device}, `device` empty if there is none; or nil if the token is not valid

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
  -- Redis refuses this when its memory is full. The session is still valid.
  local written = redis.pcall('HSET', records, id, touched)
  if type(written) == 'number' then
    state = touched
    redis.call('ZADD', index, 'XX', math.min(now + idle, absolute), string.format('%013.0f', created) .. id)
  end
end
return { found[1], state, found[3], found[4] or '' }
