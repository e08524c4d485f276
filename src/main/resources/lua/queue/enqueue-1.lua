-- Adds jobs in order. A job whose unique key or idempotency key exists is a duplicate. It may replace the data of the existing job, or
-- be planned for its end.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] remembered   ms for which idempotency keys are kept
-- ARGV[2] claim        empty, or "<ms> <next ms> <schedule>": the occurrence of a schedule that the jobs belong to, and the next
--   occurrence, -1 for none. If another replica has claimed the occurrence, nothing is enqueued
-- ARGV     then, per job, two: its attributes, and the end of its body, from its options on
--   attributes: empty for none, else some of " p<priority>", " d<delay ms>", " D<due ms>", " u<unique key>", " i<idempotency key>",
--   " g<group>", " l<lease ms>", " t<ms it must start within>"; with a unique key, " f1" to have it until the job starts, " r<replace|rerun>"
--   to replace the data of a job that has it, " w<ms>" to delay the job until no other came for so long, and " m<ms>" the longest time for
--   that, " h<ms>" for which no other is added. A planned job that is debounced has " W<due ms>", and " M<ms>" until which that may move
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
  if #dues > 0 or #ends > 0 then note_time() end
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

-- Returns the job that this one is a duplicate of, if there is one, and whether it may change it. Else later jobs are duplicates of
-- this one.
local function holder(options, id)
  local key, sole, throttled = options.i, options.u, options.h
  -- A repeated request gets the same reply, whatever happened to its job.
  local known = key and redis.call('GET', q .. 'i:' .. key)
  if known then
    -- It may be longer if the clock was set back since.
    if redis.call('PTTL', q .. 'i:' .. key) > tonumber(remembered) then redis.call('PEXPIRE', q .. 'i:' .. key, remembered) end
    return known
  end
  if throttled then
    -- The window is measured in the time of the queue. The time to live of the key is longer than it if the clock was set back since.
    -- The key may be one of a queue of that name that was removed.
    local noted = redis.call('HMGET', meta, 'until', 'since')
    local last, since = tonumber(noted[1] or 0), noted[2] or string.format('%.0f', now)
    local first, ends, of = string.match(redis.call('GET', q .. 't:' .. sole) or '', '^(%d+) ?(%d*) ?(%d*)$')
    ends = tonumber(ends)
    if first and (not ends or ends >= now and ends <= last and (of == '' or of == since)) then return first end
    note_time()
    ends = now + throttled
    redis.call('SET', q .. 't:' .. sole, id .. ' ' .. string.format('%.0f', ends) .. ' ' .. since, 'PX', throttled)
    redis.call('HSET', meta, 'until', string.format('%.0f', math.max(last, ends)), 'since', since)
  else
    local living = sole and redis.call('HGET', unique, sole)
    if living and not expire(living) then return living, true end
  end
  if sole then redis.call('HSET', unique, sole, id) end
  if key then redis.call('SET', q .. 'i:' .. key, id, 'PX', remembered) end
end

-- Returns until when a job is delayed that is debounced now: no longer than until the deadline of the first one.
local function debounced(options, deadline)
  local due = now + options.w
  return deadline and math.min(due, tonumber(deadline)) or due
end

-- Plans a job for the end of the one that has its unique key, in place of the one that was planned before.
local function plan(id, options, attributes, rest, before)
  if options.w then
    local deadline = mark(string.match(before or '', '^[^\n]*'), 'M') or options.m and string.format('%.0f', now + options.m)
    attributes = attributes .. ' W' .. string.format('%.0f', debounced(options, deadline))
    if deadline then attributes = attributes .. ' m1 M' .. deadline end
  end
  redis.call('HSET', state, id .. ':n', attributes .. '\n' .. rest)
  tell('job.rerun', id)
end

-- Moves the due time of a job that has never been started, and with it the time that it must start by.
local function postpone(id, options, st, level)
  local member = late(id, level)
  local before = redis.call('ZSCORE', delayed, member)
  local due = debounced(options, mark(st, 'm'))
  redis.call('ZADD', delayed, due, member)
  local by = mark(st, 't')
  if by then
    by = string.format('%.0f', by + due - before)
    redis.call('HSET', state, id, (string.gsub(st, ' t%d+', ' t' .. by)))
    redis.call('ZADD', expiring, by, id)
  end
  -- It may be due earlier than those that wait believe.
  wake()
end

-- Does what a duplicate wants of the job that has its unique key. Newer data never runs before older data: if a job is planned for the
-- end of the one that is there, it is the planned one that changes.
local function change(id, options, attributes, rest)
  local place, st = where(id), redis.call('HGET', state, id)
  local planned = redis.call('HGET', state, id .. ':n')
  if planned or place == 'active' and (options.w or options.r == 'rerun') then
    plan(id, options, attributes, rest, planned)
  elseif place == 'waiting' or place == 'delayed' then
    local text = body(id)
    redis.call('HSET', bucket(id), id, string.match(text, '^%d+ %-?%d+') .. rest)
    if options.w and place == 'delayed' and string.sub(st, 1, 6) == '0 0 0 ' then postpone(id, options, st, priority(text)) end
    tell('job.replaced', id)
  else
    return
  end
  if options.i then redis.call('SET', q .. 'i:' .. options.i, id, 'PX', remembered) end
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
  local options, taken, level, may_change = nil, nil, '0', false
  if attributes ~= '' then
    options = options_of(attributes)
    level = options.p or level
    if options.u or options.i then taken, may_change = holder(options, id) end
  end
  if taken then
    -- The other job may belong to this call, and its state is read from Redis.
    flush()
    if may_change and (options.r or options.w) then change(taken, options, attributes, rest) end
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
      local delay, text = start_of(options)
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
