-- Makes due jobs ready, takes back jobs whose lease has expired, removes jobs that did not start within their ttl, deletes ended jobs
-- after their retention, and takes ids of removed jobs out of long lines.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] allowed   number of expired leases that a job survives
-- ARGV[2] completed_for ms that completed jobs are retained
-- ARGV[3] dead_for  ms that dead jobs are retained
-- ARGV[4] most      jobs of each kind
-- returns {1 if there is more to do now, else 0, waiting, delayed, active, dead, completed, removed, enqueued, kept,
--   why the queue is paused or '', ms until the next occurrence of a schedule, 0 if one is due, -1 for none};
--   kept: completed jobs that are retained

local allowed, completed_for, dead_for, most = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
-- Notes the time, as long as something is measured in it.
local rated = tonumber(string.match(redis.call('HGET', meta, 'rate') or '0', '^%S+')) > now
local windows = redis.call('HGET', meta, 'until')
if rated or windows and tonumber(windows) > now or redis.call('EXISTS', leased, delayed, expiring, pace, paced) > 0 then
  if skew ~= held or now - clock >= 500 then
    write_even_if_full()
    redis.call('HSET', meta, 'clock', now)
    if skew ~= held then redis.call('HSET', meta, 'skew', skew) end
  end
elseif flags[5] or windows then
  redis.call('HDEL', meta, 'clock', 'skew', 'until', 'since')
end

local moved = promote(most)
local taken = reclaim(most, allowed)

-- Removes jobs that were not started within their ttl.
local function expire()
  local ids = redis.call('ZRANGEBYSCORE', expiring, '-inf', '(' .. now, 'LIMIT', 0, most)
  if #ids > 0 then write_even_if_full() end
  for _, id in ipairs(ids) do
    local place, text, st = where(id), body(id), redis.call('HGET', state, id)
    if place == 'waiting' then
      withdraw(id, st, priority(text))
      remove(id, st, 'job.expired')
    elseif place == 'delayed' then
      redis.call('ZREM', delayed, late(id, priority(text)))
      remove(id, st, 'job.expired')
    else
      redis.call('ZREM', expiring, id)
    end
  end
  return #ids
end

-- Looks for the next job of groups that have none at their head, those first that have waited for longest. Returns whether more remain.
local function seek()
  local lost = redis.call('ZRANGE', seeking, 0, 9)
  if #lost == 0 then return false end
  redis.call('ZREM', seeking, unpack(lost))
  for _, group in ipairs(lost) do
    if redis.call('HGET', groups, group) == '0' then
      succeed(group, '')
      wake()
    end
  end
  return redis.call('EXISTS', seeking) == 1
end

-- Returns the line to tidy next, and how many ids it has, if there is one: a short line, or one of which an eighth is to be removed.
-- So the work of a pass is at most eight ids per removed one, and a long line is not gone through for a few of them.
local function untidy(lines)
  for i = 1, #lines, 2 do
    local line, length = lines[i], redis.call('LLEN', q .. lines[i])
    if length <= 20000 or lines[i + 1] * 8 >= length then
      redis.call('ZREM', gone, line)
      if length > 0 then return line, length end
    end
  end
end

-- Moves ids from one list to the other, without those of removed jobs, and keeps the order of both together.
local function shift(from, to, down, ids)
  local n, living = #ids, {}
  for i = 1, n do
    local id = ids[down and n + 1 - i or i]
    if redis.call('HEXISTS', bucket(id), id) == 1 then living[#living + 1] = id end
  end
  if down then redis.call('LTRIM', q .. from, 0, -n - 1) else redis.call('LTRIM', q .. from, n, -1) end
  local level = string.match(from, '^w:(.*)$')
  if #living > 0 then
    local command = down and 'LPUSH' or 'RPUSH'
    if level then push(command, string.match(to, '^w:(.*)$'), unpack(living)) else redis.call(command, q .. to, unpack(living)) end
  end
  if level and redis.call('EXISTS', q .. from) == 0 then redis.call('ZREM', levels, level) end
end

-- Tidies a line, in steps: moves its jobs, from its front on, behind those of its front part; or those of a front part, from its end on,
-- in front of those of its line. Returns the number of ids that it checked.
local function tidy()
  local lines = redis.call('ZREVRANGE', gone, 0, 9, 'WITHSCORES')
  -- Earlier versions listed groups without a head here.
  for i = 1, #lines, 2 do
    local group = string.match(lines[i], '^[gh]:(.*)$')
    if group and redis.call('HGET', groups, group) == '0' then redis.call('ZADD', seeking, 'NX', 0, group) end
  end
  if tonumber(redis.call('HGET', meta, 'drain') or 0) > now then return 0 end
  local line, left = string.match(redis.call('HGET', meta, 'tidy') or '', '^(%S+) (%d+)$')
  if not line then line, left = untidy(lines) end
  if not line then return 0 end
  local n = math.min(most, tonumber(left))
  local ids
  local level = string.match(line, '^w:(.*%.5)$')
  if level or string.sub(line, 1, 2) == 'h:' then
    ids = redis.call('LRANGE', q .. line, -n, -1)
    local base = level and 'w:' .. math.floor(level) or 'g:' .. string.sub(line, 3)
    if #ids > 0 then shift(line, base, true, ids) end
  else
    ids = redis.call('LRANGE', q .. line, 0, n - 1)
    if #ids > 0 then shift(line, front_of(line), false, ids) end
  end
  if #ids < n or n == tonumber(left) then
    redis.call('HDEL', meta, 'tidy')
  else
    redis.call('HSET', meta, 'tidy', line .. ' ' .. string.format('%.0f', left - n))
  end
  return #ids
end

local regained = redis.call('ZRANGEBYSCORE', pace, '-inf', now, 'LIMIT', 0, most)
if #regained > 0 then redis.call('ZREM', pace, unpack(regained)) end
local changing = flags[8] and regroup_some()
local sought = seek()
local expired = expire()
local tidied = tidy()
if moved + taken + expired > 0 then wake() end

-- Has jobs that ended in the future, because the clock was set back since, end now.
local function settle(set)
  local ids = redis.call('ZRANGEBYSCORE', set, '(' .. now + 1000, '+inf', 'LIMIT', 0, most)
  if #ids == 0 then return 0 end
  write_even_if_full()
  local last = redis.call('ZREVRANGEBYSCORE', set, now + 1000, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  local from = math.max(now, tonumber(last or 0))
  for i, id in ipairs(ids) do redis.call('ZADD', set, from + i / 1024, id) end
  return #ids
end
local settled = math.max(settle(done), settle(dead))

local function trim(set, kept, counted)
  -- Jobs end in fractions of a ms.
  local ids = redis.call('ZRANGEBYSCORE', set, '-inf', '(' .. now - kept + 1, 'LIMIT', 0, most)
  if #ids > 0 then
    redis.call('ZREM', set, unpack(ids))
    for _, id in ipairs(ids) do forget(id, redis.call('HGET', state, id)) end
    if counted then count('removed', #ids) end
  end
  return #ids
end
local trimmed = math.max(trim(done, completed_for, false), trim(dead, dead_for, true))

local soonest = redis.call('ZRANGE', q .. 'due', 0, 0, 'WITHSCORES')[2]
local s = redis.call('HMGET', stats, 'waiting', 'completed', 'removed', 'enqueued')
return { (changing or sought or math.max(moved, taken, expired, tidied, settled, trimmed, #regained) >= most) and 1 or 0,
  tonumber(s[1] or 0), redis.call('ZCARD', delayed),
  redis.call('ZCARD', leased), redis.call('ZCARD', dead), tonumber(s[2] or 0), tonumber(s[3] or 0), tonumber(s[4] or 0),
  redis.call('ZCARD', done), paused or '', soonest and math.max(0, soonest - wall) or -1 }
