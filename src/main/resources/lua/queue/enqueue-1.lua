-- Adds jobs in order. A job whose unique key or idempotency key exists is a duplicate, and the existing job does not change.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] remembered   ms for which idempotency keys are kept
-- ARGV[2] claim        empty, or "<ms> <next ms> <schedule>": the occurrence of a schedule that the jobs belong to, and the next
--   occurrence, -1 for none. If another replica has claimed the occurrence, nothing is enqueued
-- ARGV     then, per job, two: its attributes, and the end of its body, from its options on
--   attributes: empty for none, else some of " p<priority>", " d<delay ms>", " D<due ms>", " u<unique key>", " i<idempotency key>",
--   " g<group>", " l<lease ms>", " t<ms it must start within>"
-- returns {} if the occurrence was already claimed; else {first, marks, anew, id, state, ...}: the jobs have consecutive ids from
--   `first` on; marks: the code of each job, a digit; empty if all are WAITING; anew: 1 if these are the first jobs of the queue;
--   then, per duplicate in order, the id and the state of the existing job

local remembered, claim = ARGV[1], ARGV[2]
-- codes queue.store.EnqueueMark
local WAITING, DELAYED, DUPLICATE = 0, 1, 2

local at, following, name = string.match(claim, '^(%d+) (%-?%d+) (.+)$')
if at then
  if tonumber(redis.call('ZSCORE', q .. 'due', name)) ~= tonumber(at) then return {} end
  if following == '-1' then
    redis.call('ZREM', q .. 'due', name)
  else
    redis.call('ZADD', q .. 'due', following, name)
  end
end

local n = (#ARGV - 2) / 2
local last = redis.call('HINCRBY', meta, 'seq', n)
local anew = last == n
if anew then
  -- A queue that is created again must not reuse ids. So ids continue with the time, in units of 10 µs since 2025.
  last = math.floor((now - 1735689600000) * 100) + n
  redis.call('HSET', meta, 'seq', string.format('%.0f', last))
  redis.call('PERSIST', meta)
end

local reply, what, lists, added, later = {}, {}, {}, 0, 0
local first, stamp = last - n, wall .. ' '
local states, dues, ends = {}, {}, {}
-- Bodies by id, and the number of fields, of the bucket that ends before the id `ending`.
local bodies, filled, ending, number = {}, 0, 0, 0

local function store_bodies()
  if filled > 0 then redis.call('HSET', q .. 'b:' .. number, unpack(bodies, 1, filled)) end
  filled = 0
end

-- Stores what was collected for the jobs of this call, in few commands.
local function flush()
  store_bodies()
  if #states > 0 then redis.call('HSET', state, unpack(states)) end
  if #dues > 0 then redis.call('ZADD', delayed, unpack(dues)) end
  if #ends > 0 then redis.call('ZADD', expiring, unpack(ends)) end
  states, dues, ends = {}, {}, {}
end

-- Removes a job that was not started within its ttl; returns false if the job is not such a one.
local function expire(id)
  local st = redis.call('HGET', state, id) or nil
  local by = mark(st, 't')
  if not by or tonumber(by) >= now or string.sub(st, 1, 6) ~= '0 0 0 ' or where(id) ~= 'waiting' then return false end
  -- The next job of its group may belong to this call. It joins the list behind earlier jobs of this call.
  flush()
  append(lists)
  lists = {}
  withdraw(id, st, priority(body(id)))
  remove(id, st, 'job.expired')
  return true
end

-- Returns the job that this one is a duplicate of, if there is one. Else later jobs are duplicates of this one.
local function holder(options, id)
  local key, sole = options.i, options.u
  -- A repeated request gets the same reply, whatever happened to its job.
  local known = key and redis.call('GET', q .. 'i:' .. key)
  if known then return known end
  local living = sole and redis.call('HGET', unique, sole)
  if living and not expire(living) then return living end
  if sole then redis.call('HSET', unique, sole, id) end
  if key then redis.call('SET', q .. 'i:' .. key, id, 'PX', remembered) end
end

-- Returns the marks of a job's state, from its options.
local function marks(options, delay)
  if options.t then options.t = string.format('%.0f', now + delay + options.t) end
  local text = ''
  for _, letter in ipairs({ 'g', 'u', 'l', 't' }) do
    if options[letter] then text = text .. ' ' .. letter .. options[letter] end
  end
  return text
end

local function line_up(id, level)
  local list = lists[level]
  if not list then
    list = {}
    lists[level] = list
  end
  list[#list + 1] = id
end

for i = 1, n do
  -- %d is faster than %.0f. It holds 63 bits where a long does.
  local attributes, rest, id = ARGV[2 * i + 1], ARGV[2 * i + 2], string.format('%d', first + i)
  local options, taken, level = nil, nil, '0'
  if attributes ~= '' then
    options = {}
    for letter, value in string.gmatch(attributes, ' (%a)(%S+)') do options[letter] = value end
    level = options.p or level
    taken = (options.u or options.i) and holder(options, id)
  end
  if taken then
    -- The other job may belong to this call, and its state is read from Redis.
    flush()
    local to = #reply
    reply[to + 1], reply[to + 2] = taken, where(taken)
    what[i] = DUPLICATE
  else
    if first + i >= ending then
      store_bodies()
      number = math.floor((first + i) / 8192)
      ending = number * 8192 + 8192
    end
    bodies[filled + 1], bodies[filled + 2] = id, stamp .. level .. rest
    filled = filled + 2
    added = added + 1
    if not options then
      line_up(id, level)
    else
      local delay = options.D and math.max(0, options.D - wall) or tonumber(options.d or 0)
      local text = marks(options, delay)
      if text ~= '' then
        local to = #states + 1
        states[to], states[to + 1] = id, '0 0 0' .. text
      end
      if options.t then
        local to = #ends + 1
        ends[to], ends[to + 1] = options.t, id
      end
      if delay > 0 then
        local to = #dues + 1
        dues[to], dues[to + 1] = now + delay, late(id, level)
        later = later + 1
        what[i] = DELAYED
        if delay < 1000 then wake() end
      elseif not options.g or heads(id, text) then
        line_up(id, level)
      end
    end
    if listened then tell('job.enqueued', id) end
  end
end
flush()
append(lists)
count('enqueued', added)
count('waiting', added - later)
if added > later then wake() end
local text = ''
if next(what) then
  for i = 1, n do what[i] = what[i] or WAITING end
  text = table.concat(what)
end
return { string.format('%.0f', first + 1), text, anew and 1 or 0, unpack(reply) }
