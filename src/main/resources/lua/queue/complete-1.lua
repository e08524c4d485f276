-- Completes jobs. An answer under a lease that is not the job's present one changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] kept   ms that completed jobs are kept; 0 for not at all
-- ARGV     then, per job, three: id, number of the delivery, and result, JSON, empty for none
-- returns {code, ...}: 1 completed, 0 stale, -1 unknown

local kept = tonumber(ARGV[1])
local n = (#ARGV - 1) / 3
local asked = {}
for i = 1, n do asked[i] = ARGV[3 * i - 1] end
local ends = redis.call('ZMSCORE', leased, unpack(asked))
local states = redis.call('HMGET', state, unpack(asked))

local codes, ids = {}, {}
local seen = {}
for i = 1, n do
  local id, st = asked[i], states[i]
  local _, _, deliveries = parts(st)
  if ends[i] and not seen[id] and tonumber(ARGV[3 * i]) == deliveries then
    seen[id] = true
    codes[i] = 1
    ids[#ids + 1] = id
    if kept > 0 then
      local result = ARGV[3 * i + 1]
      if result ~= '' then
        redis.call('HSET', state, id, st or '0 0 1', id .. ':r', result)
      end
      redis.call('ZADD', done, now, id)
    end
    if st then
      if kept == 0 then redis.call('HDEL', state, id, id .. ':e', id .. ':p') end
      let_go(id, st)
    end
    if listened then tell('job.completed', id) end
  else
    codes[i] = body(id) and 0 or -1
  end
end

if #ids > 0 then
  redis.call('ZREM', leased, unpack(ids))
  if kept == 0 then
    by_bucket(ids, function(key, from, to) redis.call('HDEL', key, unpack(ids, from, to)) end)
  end
  count('completed', #ids)
  -- Room under the concurrency, or a group's next.
  if waited and tonumber(redis.call('HGET', stats, 'waiting') or 0) > 0 then wake() end
end
return codes
