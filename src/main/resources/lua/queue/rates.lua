-- The rates of queues and groups, and changes of their limits.
-- uses queue/lines

-- Times up to which a rate is used up are kept exactly: they are sums of multiples of 1/4096 ms, see queue.model.Pace.
local function exactly(ms) return string.format('%.12f', ms) end

-- Returns up to when the rate of the queue is used up, under `limit`, "<ms per job> <burst>", and whether that is what is noted. After a
-- change of the limit as many jobs count as used as before, up to the new limit, and they are regained at the new pace.
local function rate_used_up(limit)
  local interval, burst = string.match(limit, '^(%S+) (%S+)$')
  local text, was = string.match(redis.call('HGET', meta, 'rate') or '0', '^(%S+) ?(.*)$')
  local noted = tonumber(text)
  local upto = math.max(now, noted)
  if was ~= '' and was ~= limit then upto = now + (upto - now) / tonumber(string.match(was, '^%S+')) * interval end
  -- It is further in the future if the clock was set back since.
  upto = math.min(upto, now + interval * burst)
  return upto, upto == now or was == limit and upto == noted
end

local function note_rate(upto, limit) redis.call('HSET', meta, 'rate', exactly(upto) .. ' ' .. limit) end

-- Converts what is used of the rate of a group, whose limits have changed: as many jobs count as used as before, up to the new limit, and
-- they are regained at the new pace. `upto`: up to when it was used up; `before`: the ms per job of the rate before.
local function convert(group, upto, before)
  local _, interval, burst = limits_of(group)
  if interval == 0 or upto <= now then
    redis.call('ZREM', pace, group)
  else
    if before > 0 then upto = now + (upto - now) / before * interval end
    redis.call('ZADD', pace, exactly(math.min(upto, now + interval * burst)), group)
  end
end

-- Converts what is used of the rate of a group, if that is not done yet after a change of the limits of the queue.
local function adopt(group)
  local upto = redis.call('ZSCORE', paced, group)
  if upto then
    redis.call('ZREM', paced, group)
    local _, interval, _, own = limits_of(group)
    if not own then _, interval = limits_in(flags[8]) end
    convert(group, tonumber(upto), interval)
  end
end

-- Returns from when on the rate of a group lets a job start, and up to when it is used up.
local function start_from(group, interval, burst)
  if flags[8] then adopt(group) end
  local noted = tonumber(redis.call('ZSCORE', pace, group) or 0)
  -- It is further in the future if the clock was set back since.
  local upto = math.max(now, math.min(noted, now + interval * burst))
  if upto < noted then redis.call('ZADD', pace, exactly(upto), group) end
  return upto - interval * (burst - 1), upto
end

-- Returns whether the rate of a job's group lets it start now, and counts it; else parks it.
local function may_start(id, group)
  local _, interval, burst = limits_of(group)
  if interval == 0 then return true end
  local from, upto = start_from(group, interval, burst)
  if from > now then
    redis.call('ZADD', parked, math.ceil(from), id)
    return false
  end
  redis.call('ZADD', pace, exactly(upto + interval), group)
  return true
end

-- Applies changed limits to a group: its parked heads wait until the rate lets them start, and more jobs become heads if they may.
local function regroup(group)
  local ids = redis.call('HGET', groups, group)
  if not ids then return end
  local _, interval, burst = limits_of(group)
  local from = interval > 0 and start_from(group, interval, burst) or 0
  for id in string.gmatch(ids, '%d+') do
    if redis.call('ZSCORE', parked, id) then
      local text = body(id)
      if text and from > now then
        redis.call('ZADD', parked, math.ceil(from), id)
      else
        redis.call('ZREM', parked, id)
        if text then ready(id, priority(text)) end
      end
    end
  end
  if ids ~= '0' then succeed(group, ids) end
end

-- Applies changed limits of the queue to some of its groups. Returns whether there is more to do.
local function regroup_some()
  local at = redis.call('HGET', meta, 'regroup')
  if not at then return false end
  write_even_if_full()
  local names = redis.call('ZRANGE', paced, 0, 199)
  for _, group in ipairs(names) do adopt(group) end
  if #names == 200 then return true end
  -- A group may have up to 100 heads.
  local scan = redis.call('HSCAN', groups, at, 'COUNT', 20)
  for i = 1, #scan[2], 2 do regroup(scan[2][i]) end
  wake()
  if scan[1] == '0' then
    redis.call('HDEL', meta, 'regroup', 'was')
    return false
  end
  redis.call('HSET', meta, 'regroup', scan[1])
  return true
end

-- Makes up to `most` parked jobs ready whose group may start one; returns how many.
local function unpark(most)
  local ids = redis.call('ZRANGEBYSCORE', parked, '-inf', now, 'LIMIT', 0, most)
  if #ids == 0 then return 0 end
  redis.call('ZREM', parked, unpack(ids))
  for _, id in ipairs(ids) do
    local text = body(id)
    if text then ready(id, priority(text)) end
  end
  return #ids
end
