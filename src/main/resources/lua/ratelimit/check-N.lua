-- Decides a list of rate-limit checks in one step and charges what it admits. A denied check costs nothing.
-- KEYS        per check in order: the state of its limit and, where it has a penalty, the penalty's mark
-- ARGV[1]     atomic 1|0: with 1 nothing is charged unless all checks are admitted
-- ARGV[2..]   per check eight:
--   algorithm sliding-window | sliding-window-counter | fixed-window | token-bucket
--   limit     requests per window, 1 or more
--   window    ms
--   burst     capacity of a token bucket; others ignore it
--   cost      0 only looks, as if for a cost of 1
--   penalty   ms for which a denial blocks the identifier; 0 for none
--   shadow    1|0: with 1 its denial does not hold the others back
--   at        index of its state in KEYS
-- returns per check {admitted 0|1, remaining, reset, retryAfter}, flat, then the time of the decision; all in µs.
--   reset: until the whole limit is free again. retryAfter: until the same cost would be admitted, 0 if it is now.

local call = redis.call
local floor, ceil, max = math.floor, math.ceil, math.max
local time = call('TIME')
local now = time[1] * 1000000 + time[2]

-- Each algorithm has a look, which returns whether `cost` fits, what is free before it, reset, retryAfter and a state,
-- and a charge, which takes that state and returns the reset after it (so a look that a charge follows may leave it out).

-- sliding-window: a list of admission times, oldest first. As time only grows it is sorted, so the live entries are a
-- suffix: dead ones are found from the head by galloping and cut off in one go. Each entry is cut once: O(1) amortised.
-- The TTL must outlast the newest entry. Two windows, renewed with every cut, do: until the next cut comes due, at most
-- one window later, every new entry is less than a window younger than the renewal.
local function look_log(key, limit, window, cost, charge)
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
  if used > 0 and not (charge and cost <= free) then reset = call('LINDEX', key, -1) + window - now end
  if cost > limit then
    retry = window
  elseif cost > free then
    retry = call('LINDEX', key, cost - free - 1) + window - now
  end
  return cost <= free, max(0, free), reset, retry, used == 0
end

local function charge_log(key, window, cost, fresh)
  local stamp = string.format('%.0f', now)
  if cost == 1 then
    call('RPUSH', key, stamp)
  else
    local left = cost
    while left > 0 do
      local stamps = {}
      for i = 1, math.min(left, 1000) do stamps[i] = stamp end
      call('RPUSH', key, unpack(stamps))
      left = left - #stamps
    end
  end
  if fresh then call('PEXPIRE', key, ceil(window / 500)) end
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
    n = tonumber(n)
    if n >= number then
      number, current, previous = n, tonumber(c), tonumber(p)
      elapsed = max(0, now - n * window)
    elseif n == number - 1 then
      previous = tonumber(c)
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
  call('SET', key, string.format('%.0f %.0f %.0f', state[1], state[2] + cost, state[3]), 'PX', ceil(reset / 1000))
  return reset
end

-- fixed-window: '<count> <end>'; the window opens with its first request. The TTL only tidies up: it counts no µs.
local function look_fixed(key, limit, window, cost)
  local used, reset = 0, 0
  local stored = call('GET', key)
  if stored then
    local count, ends = string.match(stored, '(%d+) (%d+)')
    if now < tonumber(ends) then used, reset = tonumber(count), ends - now end
  end
  local retry = 0
  if cost > limit then retry = window elseif used + cost > limit then retry = reset end
  return used + cost <= limit, max(0, limit - used), reset, retry, used
end

local function charge_fixed(key, window, cost, used, reset)
  if used == 0 then reset = window end
  call('SET', key, string.format('%.0f %.0f', used + cost, now + reset), 'PX', ceil(reset / 1000))
  return reset
end

-- token-bucket: '<level> <time>', a leaky bucket used as a meter, which is GCRA turned round. The level is in units of
-- tokens times window, so that a drain of `limit` per µs keeps it whole: up to 2^53 nothing is rounded. Under a burst
-- that was lowered since, the bucket counts as empty at most.
local function look_bucket(key, limit, window, burst, cost)
  local level = 0
  local stored = call('GET', key)
  if stored then
    local l, at = string.match(stored, '(%d+) (%d+)')
    level = math.min(burst * window, max(0, l - max(0, now - at) * limit))
  end
  local over = level + (cost - burst) * window
  local retry = 0
  if cost > burst then retry = window elseif over > 0 then retry = ceil(over / limit) end
  return over <= 0, max(0, floor((burst * window - level) / window)), ceil(level / limit), retry, level
end

local function charge_bucket(key, limit, window, cost, level)
  level = level + cost * window
  local reset = ceil(level / limit)
  call('SET', key, string.format('%.0f %.0f', level, now), 'PX', ceil(reset / 1000))
  return reset
end

local FIELDS = 8
local atomic = ARGV[1] == '1'
local count = (#ARGV - 1) / FIELDS
local reply = {}

-- Decides check i, with `before` tokens of the same list already promised from the same state; charges it if told to.
local function decide(i, before, charge)
  local a = 1 + (i - 1) * FIELDS
  local algorithm, limit, window = ARGV[a + 1], tonumber(ARGV[a + 2]), ARGV[a + 3] * 1000
  local burst, cost, penalty = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6])
  local shadow, at = ARGV[a + 7] == '1', tonumber(ARGV[a + 8])
  local key, mark = KEYS[at], KEYS[at + 1]
  local asked = max(1, cost) + before
  local admitted, free, reset, retry, state
  if algorithm == 'sliding-window' then
    admitted, free, reset, retry, state = look_log(key, limit, window, asked, charge and cost > 0 and penalty == 0)
  elseif algorithm == 'token-bucket' then
    admitted, free, reset, retry, state = look_bucket(key, limit, window, burst, asked)
  elseif algorithm == 'fixed-window' then
    admitted, free, reset, retry, state = look_fixed(key, limit, window, asked)
  else
    admitted, free, reset, retry, state = look_counter(key, limit, window, asked)
  end
  if penalty > 0 then
    local left = (call('GET', mark) or now) - now
    if left <= 0 and not admitted and cost > 0 then
      left = penalty * 1000
      call('SET', mark, string.format('%.0f', now + left), 'PX', penalty)
    end
    if left > 0 then
      admitted, free, reset, retry = false, 0, max(reset, left), max(retry, left)
    end
  end
  if admitted and charge and cost > 0 then
    free = free - cost
    if algorithm == 'sliding-window' then
      reset = charge_log(key, window, cost, state)
    elseif algorithm == 'token-bucket' then
      reset = charge_bucket(key, limit, window, cost, state)
    elseif algorithm == 'fixed-window' then
      reset = charge_fixed(key, window, cost, state, reset)
    else
      reset = charge_counter(key, window, cost, state)
    end
  end
  local r = (i - 1) * 4
  reply[r + 1], reply[r + 2], reply[r + 3], reply[r + 4] = admitted and 1 or 0, free, ceil(reset), ceil(retry)
  return admitted or shadow, admitted and cost or 0
end

if atomic then
  local all, promised = true, {}
  for i = 1, count do
    local at = tonumber(ARGV[1 + i * FIELDS])
    local key = KEYS[at]
    local passes, taken = decide(i, promised[key] or 0, false)
    promised[key] = (promised[key] or 0) + taken
    all = all and passes
  end
  if all then
    for i = 1, count do decide(i, 0, true) end
  end
else
  for i = 1, count do decide(i, 0, true) end
end
reply[count * 4 + 1] = now
return reply
