-- Decides a list of rate-limit checks in one step and charges what it admits. A denied check costs nothing, unless it
-- may overdraw.
-- KEYS        per check in order: the state of its limit and, where it has a penalty, the penalty's mark
-- ARGV[1]     atomic 1|0: with 1 nothing is charged unless all checks are admitted
-- ARGV[2..]   per check nine:
--   algorithm sliding-window | sliding-window-counter | fixed-window | token-bucket
--   limit     requests per window, 1 or more; 0 for a fixed-window that denies all
--   window    ms
--   burst     capacity of a token bucket; others ignore it
--   cost      0 only looks, as if for a cost of 1
--   penalty   ms for which a denial blocks the identifier; 0 for none
--   hold      0: its denial holds the others back. 1: it does not. 2: it does if all checks with a 2 are denied
--   overdraft 1|0: with 1 its cost is charged whatever is left and whatever the others are
--   at        index of its state in KEYS
-- returns per check {admitted 0|1, remaining, reset, retryAfter}, flat, then the time of the decision; all in µs.
--   reset: until the whole limit is free again. retryAfter: until the same cost would be admitted, 0 if it is now.
--
-- State may be older than the settings it is read under, and the clock may have been set back since. So nothing that is stored is taken
-- to last longer than it could if it were stored now, and what is found to last longer is stored anew:
--   sliding-window, fixed-window: one window. sliding-window-counter: two. penalty: the penalty.
--   token-bucket: the time in which `burst` refills at the present limit, and for an overdraft up to one window more.

local call = redis.call
local floor, ceil, max, min, format = math.floor, math.ceil, math.max, math.min, string.format
local time = call('TIME')
local now = time[1] * 1000000 + time[2]

-- The highest total that is stored: up to it, Lua's numbers are exact.
local MAX_TOTAL = 9007199254740991
-- How long the state of a bucket is kept after it is full, at least: by then, a lowered limit has been noticed.
local MIN_KEPT = 60000000

-- Each algorithm has a look, which returns whether `cost` fits, what is free before it, reset, retryAfter and a state,
-- and a charge, which takes that state and returns the reset after it (so a look that a charge follows may leave it out).

-- sliding-window: a list of admission times, oldest first. It is sorted, so the live entries are a
-- suffix: dead ones are found from the head by galloping and cut off in one go. Each entry is cut once: O(1) amortised.
-- The TTL must outlast the newest entry. Two windows, renewed with every cut, do: until the next cut comes due, at most
-- one window later, every new entry is less than a window younger than the renewal.
local function push_log(key, times)
  for i = 1, #times, 1000 do call('RPUSH', key, unpack(times, i, min(i + 999, #times))) end
end

local function look_log(key, limit, window, cost)
  local newest = tonumber(call('LINDEX', key, -1) or 0)
  if newest > now then
    local times = call('LRANGE', key, 0, -1)
    for i = 1, #times do
      if tonumber(times[i]) > now then times[i] = format('%.0f', now) end
    end
    call('DEL', key)
    push_log(key, times)
    call('PEXPIRE', key, ceil(window / 500))
    newest = now
  end
  local horizon = now - window
  local function dead(i)
    local at = call('LINDEX', key, i)
    return at and tonumber(at) <= horizon
  end
  if dead(0) then
    local known, probe = 0, 1
    while dead(probe) do known, probe = probe, probe * 2 end
    while probe - known > 1 do
      local middle = floor((known + probe) / 2)
      if dead(middle) then known = middle else probe = middle end
    end
    call('LTRIM', key, probe, -1)
    call('PEXPIRE', key, ceil(window / 500))
  end
  local used = call('LLEN', key)
  local free = limit - used
  local reset, retry = 0, 0
  if used > 0 then reset = newest + window - now end
  if cost > limit then
    retry = window
  elseif cost > free then
    retry = call('LINDEX', key, cost - free - 1) + window - now
  end
  return cost <= free, max(0, free), reset, retry, free
end

-- An overdraft is charged as far as there is room, so that a log has no more entries than the limit.
local function charge_log(key, limit, window, cost, free)
  local stamp = format('%.0f', now)
  cost = min(cost, free)
  if cost == 1 then
    call('RPUSH', key, stamp)
  else
    local stamps = {}
    for i = 1, cost do stamps[i] = stamp end
    push_log(key, stamps)
  end
  if free == limit then call('PEXPIRE', key, ceil(window / 500)) end
  return window
end

-- sliding-window-counter: '<window number> <count> <count of the window before>'. The window before counts by the share
-- of it that the sliding window still covers.
local function look_counter(key, limit, window, cost)
  local number = floor(now / window)
  local elapsed = now - number * window
  local current, previous = 0, 0
  local stored = call('GET', key)
  if stored then
    local n, c, p = string.match(stored, '(%d+) (%d+) (%d+)')
    n, c, p = tonumber(n), tonumber(c), tonumber(p)
    if n > number then
      -- Counted as of this window, together no more than the limit unless one alone is.
      current = min(c + p, max(limit, c, p))
      call('SET', key, format('%.0f %.0f 0', number, current), 'PX', ceil((2 * window - elapsed) / 1000))
    elseif n == number then
      current, previous = c, p
    elseif n == number - 1 then
      previous = c
    end
  end
  local free = limit - current - ceil(previous * (window - elapsed) / window)
  -- How far into the next window `count` requests weigh no more than `room`. Rounds once, for a µs is at stake.
  local function fade(count, room) return window - floor(room * window / count) end
  local retry = 0
  if cost > limit then
    retry = window
  elseif cost > free then
    local room = limit - current - cost
    retry = max(1, room >= 0 and fade(previous, room) - elapsed or window - elapsed + fade(current, limit - cost))
  end
  local reset = current > 0 and 2 * window - elapsed or previous > 0 and window - elapsed or 0
  return cost <= free, max(0, free), reset, retry, { number, current, previous, elapsed }
end

local function charge_counter(key, window, cost, state)
  local reset = 2 * window - state[4]
  local current = min(MAX_TOTAL, state[2] + cost)
  call('SET', key, format('%.0f %.0f %.0f', state[1], current, state[3]), 'PX', ceil(reset / 1000))
  return reset
end

-- fixed-window: '<count> <end>'; the window opens with its first request. The TTL only tidies up: it counts no µs.
local function keep_fixed(key, used, reset)
  call('SET', key, format('%.0f %.0f', used, now + reset), 'PX', ceil(reset / 1000))
end

local function look_fixed(key, limit, window, cost)
  local used, reset = 0, 0
  local stored = call('GET', key)
  if stored then
    local count, ends = string.match(stored, '(%d+) (%d+)')
    if now < tonumber(ends) then used, reset = tonumber(count), ends - now end
    if reset > window then
      reset = window
      keep_fixed(key, used, reset)
    end
  end
  local retry = 0
  if cost > limit then retry = window elseif used + cost > limit then retry = reset end
  return used + cost <= limit, max(0, limit - used), reset, retry, used
end

local function charge_fixed(key, window, cost, used, reset)
  if used == 0 then reset = window end
  keep_fixed(key, min(MAX_TOTAL, used + cost), reset)
  return reset
end

-- token-bucket: '<level> <time> <limit> <burst>', a leaky bucket used as a meter, which is GCRA turned round. The level is in units of
-- tokens times window, so that a drain of `limit` per µs keeps it whole: up to 2^53 nothing is rounded. The last two are the settings
-- it was stored under (earlier versions did not store them): under others it is stored anew, for its TTL is by the old ones. Under a
-- lowered burst the bucket counts as empty at most, but for what was overdrawn. That is so little that a cost of 1 fits after a window.
local function keep_bucket(key, limit, level, settings)
  local reset = ceil(level / limit)
  call('SET', key, format('%.0f %.0f', level, now) .. settings, 'PX', ceil((reset + max(reset, MIN_KEPT)) / 1000))
  return reset
end

local function look_bucket(key, limit, window, burst, cost, settings)
  local level = 0
  local stored = call('GET', key)
  if stored then
    local l, at, of = string.match(stored, '(%d+) (%d+)(.*)')
    l, at = tonumber(l), tonumber(at)
    if of == settings and at <= now then
      level = max(0, l - (now - at) * limit)
    else
      local room = (tonumber(string.match(of, '%d+$')) or burst) * window
      level = min(l, room, burst * window) + min(max(0, l - room), (limit - 1) * window)
      level = max(0, level - max(0, now - at) * limit)
      if level > 0 then keep_bucket(key, limit, level, settings) end
    end
  end
  local over = level + (cost - burst) * window
  local retry = 0
  if cost > burst then retry = window elseif over > 0 then retry = ceil(over / limit) end
  return over <= 0, max(0, floor((burst * window - level) / window)), ceil(level / limit), retry, level
end

local function charge_bucket(key, limit, window, burst, cost, level, settings)
  return keep_bucket(key, limit, min(level + cost * window, (burst + limit - 1) * window), settings)
end

local function look(algorithm, key, limit, window, burst, cost, settings)
  if algorithm == 'sliding-window' then return look_log(key, limit, window, cost) end
  if algorithm == 'token-bucket' then return look_bucket(key, limit, window, burst, cost, settings) end
  if algorithm == 'fixed-window' then return look_fixed(key, limit, window, cost) end
  return look_counter(key, limit, window, cost)
end

local FIELDS = 9
local atomic = ARGV[1] == '1'
local count = (#ARGV - 1) / FIELDS
local reply = {}

-- Decides check i, with `before` tokens of the same list already promised from the same state; charges it if told to.
local function decide(i, before, charging)
  local a = 1 + (i - 1) * FIELDS
  local algorithm, limit, window = ARGV[a + 1], tonumber(ARGV[a + 2]), ARGV[a + 3] * 1000
  local settings = algorithm == 'token-bucket' and ' ' .. ARGV[a + 2] .. ' ' .. ARGV[a + 4]
  local burst, cost, penalty = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6])
  local overdraft, at = ARGV[a + 8] == '1' and cost > 0, tonumber(ARGV[a + 9])
  local key, mark = KEYS[at], KEYS[at + 1]
  local asked, left = max(1, cost) + before, 0
  local admitted, free, reset, retry, state = look(algorithm, key, limit, window, burst, asked, settings)
  if penalty > 0 then
    local ends = tonumber(call('GET', mark) or now)
    left = min(ends - now, penalty * 1000)
    if left <= 0 and not admitted and cost > 0 then left = penalty * 1000 end
    if left > 0 then
      if now + left ~= ends then call('SET', mark, format('%.0f', now + left), 'PX', penalty) end
      admitted = false
    end
  end
  if charging and cost > 0 and (admitted or overdraft) then
    if algorithm == 'sliding-window' then
      reset = charge_log(key, limit, window, cost, state)
    elseif algorithm == 'token-bucket' then
      reset = charge_bucket(key, limit, window, burst, cost, state, settings)
    elseif algorithm == 'fixed-window' then
      reset = charge_fixed(key, window, cost, state, reset)
    else
      reset = charge_counter(key, window, cost, state)
    end
    free = max(0, free - cost)
    if not admitted then
      local _
      _, free, reset, retry = look(algorithm, key, limit, window, burst, asked, settings)
    end
  end
  if left > 0 then free, reset, retry = 0, max(reset, left), max(retry, left) end
  local r = (i - 1) * 4
  reply[r + 1], reply[r + 2], reply[r + 3], reply[r + 4] = admitted and 1 or 0, free, ceil(reset), ceil(retry)
  return admitted, (admitted or overdraft) and cost or 0, overdraft
end

if atomic then
  local all, some, soft, promised, overdrafts = true, false, false, {}, {}
  for i = 1, count do
    local hold, at = ARGV[i * FIELDS - 1], tonumber(ARGV[1 + i * FIELDS])
    local key = KEYS[at]
    local admitted, taken, overdraft = decide(i, promised[key] or 0, false)
    promised[key] = (promised[key] or 0) + taken
    if hold == '0' then all = all and admitted end
    if hold == '2' then soft, some = true, some or admitted end
    overdrafts[i] = overdraft
  end
  all = all and (some or not soft)
  for i = 1, count do
    if all then
      decide(i, 0, true)
    elseif overdrafts[i] then
      -- It is decided again with less before it: a denial stays one.
      local r = (i - 1) * 4
      local was_admitted, retry = reply[r + 1], reply[r + 4]
      decide(i, 0, true)
      if was_admitted == 0 then reply[r + 1], reply[r + 4] = 0, max(retry, reply[r + 4]) end
    end
  end
else
  for i = 1, count do decide(i, 0, true) end
end
reply[count * 4 + 1] = now
return reply
