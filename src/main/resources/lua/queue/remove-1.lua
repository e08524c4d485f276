-- Removes a queue with all its jobs, in steps. Idempotency keys stay until they expire.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] most   jobs in this step, at most 1000
-- returns 1 if there is more to remove, else 0

local most = tonumber(ARGV[1])
local left = most

local function drop(ids)
  if #ids == 0 then return end
  left = left - #ids
  by_bucket(ids, function(key, from, to) redis.call('HDEL', key, unpack(ids, from, to)) end)
  local fields = {}
  for _, id in ipairs(ids) do
    for _, suffix in ipairs({ '', ':e', ':p', ':r', ':n' }) do fields[#fields + 1] = id .. suffix end
  end
  redis.call('HDEL', state, unpack(fields))
end

local function drop_list(list)
  if left > 0 then drop(redis.call('LPOP', list, left) or {}) end
  return left > 0
end

for _, level in ipairs(redis.call('ZRANGE', levels, 0, -1)) do
  if drop_list(q .. 'w:' .. level) then redis.call('ZREM', levels, level) end
end
for _, set in ipairs({ delayed, leased, dead, done, parked }) do
  if left > 0 then
    local popped, ids = redis.call('ZPOPMIN', set, left), {}
    for i = 1, #popped, 2 do
      ids[#ids + 1] = set == delayed and string.match(popped[i], '^0*(%d+):') or popped[i]
    end
    drop(ids)
  end
end
if left > 0 then
  local scan = redis.call('HSCAN', groups, 0, 'COUNT', 100)
  for i = 1, #scan[2], 2 do
    local group = scan[2][i]
    if drop_list(q .. 'h:' .. group) and drop_list(q .. 'g:' .. group) then redis.call('HDEL', groups, group) end
  end
end
if left < most or redis.call('EXISTS', groups) == 1 then return 1 end
redis.call('DEL', meta, stats, unique, gone, expiring, pace, paced, seeking, q .. 'limits', q .. 'limited', q .. 'events',
  q .. 'schedules', q .. 'due')
return 0
