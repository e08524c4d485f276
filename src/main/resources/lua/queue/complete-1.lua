-- Completes jobs. A lease token that is not the job's current one changes nothing.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] kept   ms that completed jobs are retained; 0 for not at all
-- ARGV[2] each   number of arguments per job: 1 (id) for a first delivery without a result, or 3 (id, number of the delivery,
--                result as JSON or empty)
-- ARGV     then those arguments, per job
-- returns {code, ...}; nothing if all are COMPLETED
--   STALE: the lease token is not the job's current one. UNKNOWN: there is no such job

-- codes queue.store.AnswerCode
local COMPLETED, STALE, UNKNOWN = 1, 0, -1

local kept, each = tonumber(ARGV[1]), tonumber(ARGV[2])
local n = (#ARGV - 2) / each
local asked = {}
for i = 1, n do
  local id = ARGV[each * (i - 1) + 3]
  asked[i] = id
end
local ends = redis.call('ZMSCORE', leased, unpack(asked))
local states = states_of(asked)

write_even_if_full()
local codes, ids = {}, {}
local seen = {}
for i = 1, n do
  local id, st = asked[i], states[i]
  -- Compared as text, because neither number has leading zeros.
  local delivery = st and string.match(st, '^%d+ %d+ (%d+)') or '1'
  local told, result = '1', ''
  if each == 3 then
    local named, given = ARGV[each * (i - 1) + 4], ARGV[each * (i - 1) + 5]
    told, result = named, given
  end
  if ends[i] and told == delivery and not seen[id] then
    seen[id] = true
    codes[i] = COMPLETED
    ids[#ids + 1] = id
    if kept > 0 then
      if result ~= '' then
        redis.call('HSET', state, id, st or '0 0 1', id .. ':r', result)
      end
      note_end(done, id)
    end
    if listened then tell('job.completed', id) end
    if st then
      let_go(id, st)
      if kept == 0 then redis.call('HDEL', state, id, id .. ':e', id .. ':p') end
    end
  else
    codes[i] = body(id) and STALE or UNKNOWN
  end
end

if #ids > 0 then
  redis.call('ZREM', leased, unpack(ids))
  if kept == 0 then
    by_bucket(ids, function(key, from, to) redis.call('HDEL', key, unpack(ids, from, to)) end)
  end
  count('completed', #ids)
  -- The concurrency limit may have room, or the next job of a group may be ready.
  if waited and tonumber(redis.call('HGET', stats, 'waiting') or 0) > 0 then wake() end
end
if #ids == n then return {} end
return codes
