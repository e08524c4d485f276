-- Hands out jobs under leases: the highest priority first, and within a priority the job that has been ready for the longest time.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] concurrency  maximum number of leased jobs; 0 is unlimited
-- ARGV[2] interval     ms per job that the rate limit allows; 0 is unlimited
-- ARGV[3] burst        jobs that the rate limit allows at once
-- ARGV[4] allowed      number of expired leases that a job survives
-- ARGV[5] waiting      1 if a request will wait for more jobs
-- ARGV[6] version      of these settings; "*" to use them whatever the queue's are
-- ARGV     then, per request, two: number of jobs, at most 1000 in total, and their lease in ms, 0 for the job's own
-- ARGV     last, the lease in ms of jobs without their own
-- returns {version} of the queue's settings if they are others, and hands out nothing; else
--   {now, next, jobs, lease end, id, body, ..., place, lease end, state, ...}, the jobs in the order of the requests
--   next: ms at which there may be more jobs, 0 if unknown, -1 at once; without a waiting request, 0 or -1
--   lease end: of all jobs, except those that follow at the end by their place, from 1: they have another one, or a state

local concurrency, interval, burst = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local limit = interval .. ' ' .. burst
interval, burst = tonumber(interval), tonumber(burst)
local allowed, waiting, version = tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6]
if version ~= '*' and version ~= (flags[4] or '') then return { flags[4] or '' } end
local fallback = tonumber(ARGV[#ARGV])
local leases = {}
for i = 7, #ARGV - 1, 2 do
  local jobs, lease = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  for _ = 1, jobs do leases[#leases + 1] = lease end
end
local wanted = #leases

if reclaim(100, allowed) + promote(200) > 0 then
  -- There may be jobs for other requests, too.
  wake()
end

local most, next = wanted, 0
if paused then most = 0 end
if concurrency > 0 then most = math.min(most, concurrency - redis.call('ZCARD', leased)) end
local rated, admitted
if interval > 0 and most > 0 then
  local noted
  rated, noted = rate_used_up(limit)
  if not noted then
    write_even_if_full()
    note_rate(rated, limit)
  end
  admitted = math.floor((now - rated) / interval + burst + 1e-6)
  most = math.min(most, admitted)
end

local ids, states, bodies, got, skipped, bytes = {}, {}, {}, 0, 0, 0
local started = {}

-- Puts the last ids back in front of the list that they were popped from.
local function put_back(popped, from, level)
  for j = #popped, from, -1 do push('LPUSH', level, popped[j]) end
end

-- About 1 MB in one reply, because Redis serves nobody else in the meantime.
while got < most and skipped < 1000 and bytes < 1048576 do
  local level = redis.call('ZREVRANGE', levels, 0, 0)[1]
  if not level then break end
  local room = math.min(most - got, 25)
  local popped = redis.call('LPOP', q .. 'w:' .. level, room) or {}
  if #popped < room then redis.call('ZREM', levels, level) end
  if #popped > 0 then
    local sts, texts, removed = states_of(popped), {}, 0
    for i, id in ipairs(popped) do
      if i % 5 == 1 then
        if bytes >= 1048576 then
          put_back(popped, i, level)
          break
        end
        -- Few at a time, because they may be large.
        local few = { unpack(popped, i, math.min(i + 4, #popped)) }
        by_bucket(few, function(key, from, to)
          for k, text in ipairs(redis.call('HMGET', key, unpack(few, from, to))) do texts[i + from + k - 2] = text end
        end)
      end
      local st, text = sts[i], texts[i]
      local by = mark(st, 't')
      if not text then
        skipped, removed = skipped + 1, removed + 1
      elseif by and tonumber(by) < now and string.sub(st, 1, 6) == '0 0 0 ' then
        skipped = skipped + 1
        count('waiting', -1)
        local heir = remove(id, st, 'job.expired')
        if heir and tonumber(heir) > tonumber(level) then
          -- The next job of its group has priority over the rest of these.
          put_back(popped, i + 1, level)
          break
        end
      elseif mark(st, 'g') and not may_start(id, mark(st, 'g')) then
        skipped = skipped + 1
      else
        got = got + 1
        if by then started[#started + 1] = id end
        ids[got], states[got], bodies[got] = id, st, text
        bytes = bytes + #text
      end
    end
    if removed > 0 then passed('w:' .. level, removed) end
  end
end

-- What clients see is in the time of Redis.
local reply = { wall, 0, got, '' }
if got > 0 then
  -- The lease ends are text, because passing a number to a command is slow. Most leases have the same length.
  local ends, texts, others, common = {}, {}, {}, nil
  for i, id in ipairs(ids) do
    local st = states[i]
    local lease = leases[i]
    if lease == 0 then lease = tonumber(mark(st, 'l')) or fallback end
    if st then
      local key = mark(st, 'f') and mark(st, 'u')
      if key and redis.call('HGET', unique, key) == id then redis.call('HDEL', unique, key) end
      local failures, stalls, deliveries, marks = parts(st)
      st = failures .. ' ' .. stalls .. ' ' .. (deliveries + 1) .. marks
      redis.call('HSET', state, id, st)
    end
    local till = texts[lease] or string.format('%.0f', now + lease)
    texts[lease] = till
    common = common or till
    if st or till ~= common then
      local at = #others
      others[at + 1], others[at + 2], others[at + 3] = i, skew == 0 and till or string.format('%.0f', till - skew), st or ''
    end
    ends[2 * i - 1], ends[2 * i] = till, id
    reply[2 * i + 3], reply[2 * i + 4] = id, bodies[i]
    if listened then tell('job.active', id) end
  end
  reply[4] = skew == 0 and common or string.format('%.0f', common - skew)
  for _, what in ipairs(others) do reply[#reply + 1] = what end
  note_time()
  redis.call('ZADD', leased, unpack(ends))
  if #started > 0 then redis.call('ZREM', expiring, unpack(started)) end
  count('waiting', -#ids)
  if rated then
    rated = rated + #ids * interval
    note_rate(rated, limit)
  end
end
if rated and #ids >= admitted then next = math.ceil(rated + interval * (1 - burst)) end

if got < most and (skipped >= 1000 or bytes >= 1048576) then
  next = -1
elseif got < wanted and waiting then
  write_even_if_full()
  redis.call('HSET', meta, 'wait', now + 2000)
  expire_unless_used()
  if got < most and redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, 1)[1] then
    next = -1
  elseif next == 0 then
    for _, set in ipairs({ delayed, leased, parked }) do
      local at = tonumber(redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2])
      if at and (next == 0 or at < next) then next = at end
    end
    -- A lease is valid until the end of its last ms.
    if next > 0 then next = next + 1 end
  end
end
if next > 0 then next = math.max(1, next - skew) end
reply[2] = next
return reply
