-- What the scripts of queues share. KEYS[1] is the queue's `meta`. The names of its other keys are derived from it, because the lists
-- and buckets that a call touches are known only inside the script. All have the same hash tag (docs/adr/0009-job-queues.md).
--   meta      hash: `seq` the last id, `paused` why, `wait` ms until which a request waits for jobs, `listen` ms until which events
--             are kept, `rate` "<ms> <interval> <burst>": the time up to which the rate limit is used up, and the limit, `idle`
--             "<enqueued> <ms>": how many jobs had been enqueued, and when, when the queue was first found unused; `tidy`
--             "<line> <ids>": the line that is being tidied, and how many of its ids are left to check; `drain` ms until which no
--             line may be tidied; `set` the version of the settings, none for the defaults; `clock` ms that it was at least once,
--             `skew` ms, see `now`
--   w:<p>     list of the ids that are ready at priority p, the next one first; an id without a body was removed
--   w:<p.5>   its front part, while there is one: ids that go before those of w:<p>
--   levels    sorted set of the priorities with such a list, of both parts
--   gone      sorted set of lines (w:<p>, g:<group> and their front parts) by how many ids of removed jobs they hold, about
--   b:<n>     hash of bodies by id, of the 8192 ids from n * 8192: "<enqueued ms> <priority><options>\n<type>\n<data>"
--             options: " a<max attempts>", " b<x|f>:<delay>:<max>:<jitter>", " s<schedule>", " o<ms of its occurrence>"
--   state     hash, only for jobs that need it: <id> "<failures> <stalls> <deliveries><marks>", <id>:e its error, <id>:p its
--             progress, <id>:r its result. marks: " g<group>", " u<unique key>", " l<lease ms>", " t<ms it must start by>", " c" cancel
--   delayed   sorted set of "<id, 14 digits>:<priority>" by due time in ms
--   expiring  sorted set of the ids with a ttl that were never handed out, by the ms that they must start by
--   leased    sorted set of ids by the expiry of their lease in ms
--   dead      sorted set of ids by the time they died in ms; `done` the same for completed jobs that are retained
--   unique    hash of ids by unique key
--   i:<key>   id by idempotency key
--   groups    hash of the id at the head of each group (ready, delayed or active); g:<group> list of the ids behind it,
--             h:<group> its front part, while there is one. The head is 0 while the sweep looks for the next job of the group
--   stats     hash of counters: enqueued, completed, removed, waiting
--   events    stream
--   schedules hash of definitions by name; due sorted set of their names by the next occurrence in ms

local meta = KEYS[1]
local q = string.sub(meta, 1, -5)
local levels, state, delayed, leased = q .. 'levels', q .. 'state', q .. 'delayed', q .. 'leased'
local dead, done, unique, groups, stats = q .. 'dead', q .. 'done', q .. 'unique', q .. 'groups', q .. 'stats'
local gone, expiring = q .. 'gone', q .. 'expiring'
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local flags = redis.call('HMGET', meta, 'paused', 'wait', 'listen', 'set', 'clock', 'skew')
local clock, skew = tonumber(flags[5] or 0), tonumber(flags[6] or 0)
-- The time of the queue, in which leases, delays and the rate are measured. It is that of Redis, unless that clock is set back, or a
-- failover leads to a server whose clock is behind: then the queue's time goes on from `clock`, ahead of Redis by `skew`.
local now = math.max(wall + skew, clock)
local paused, waited, listened = flags[1], tonumber(flags[2] or 0) > now, tonumber(flags[3] or 0) > now

-- Lets the rest of the script write when Redis' memory is full. Redis then refuses commands that may need memory, but not after the
-- script's first write, which needs none here. For scripts that free memory in the end, and those without which work stops.
local function write_even_if_full() redis.call('HDEL', meta, '') end
local function bucket(id) return q .. 'b:' .. math.floor(id / 8192) end
local function body(id) return redis.call('HGET', bucket(id), id) end
local function priority(text) return string.match(text, '^%d+ (%-?%d+)') end
local function mark(st, letter) return st and st ~= '' and string.match(st, ' ' .. letter .. '(%S*)') or nil end
local function late(id, level) return string.format('%014.0f', id) .. ':' .. level end
local function count(what, n) if n ~= 0 then redis.call('HINCRBY', stats, what, n) end end

-- Calls `visit` with each bucket of the ids, and with the range of its ids in the list. Most lists are in order.
local function by_bucket(ids, visit)
  local n, from = #ids, 1
  while from <= n do
    local number, to = math.floor(ids[from] / 8192), from
    local low, high = number * 8192, number * 8192 + 8192
    while to < n do
      -- `+ 0` instead of tonumber, because the call is slow in a long loop.
      local id = ids[to + 1] + 0
      if id < low or id >= high then break end
      to = to + 1
    end
    visit(bucket(ids[from]), from, to)
    from = to + 1
  end
end

-- Returns the states of ids, in order. In most queues no job has one.
local function states_of(ids)
  if redis.call('EXISTS', state) == 0 then return {} end
  return redis.call('HMGET', state, unpack(ids))
end

-- A call about a queue that has had no jobs, is not paused and has no settings leaves a key that expires.
local function expire_unless_used()
  if not paused and not flags[4] and redis.call('HEXISTS', meta, 'seq') == 0 then redis.call('PEXPIRE', meta, 120000) end
end

-- failures, stalls, deliveries, marks
local function parts(st)
  if not st then return 0, 0, 1, '' end
  local f, s, d, marks = string.match(st, '^(%d+) (%d+) (%d+)(.*)$')
  return tonumber(f), tonumber(s), tonumber(d), marks
end

local function tell(what, id, ...)
  if listened then
    redis.call('XADD', q .. 'events', 'MAXLEN', '~', 10000, '*', 'type', what, 'id', id, ...)
    redis.call('PEXPIRE', q .. 'events', 300000)
  end
end

-- Wakes the requests that wait for jobs. They check once a second in any case.
local function wake()
  if waited then
    waited = false
    redis.call('HDEL', meta, 'wait')
    redis.call('PUBLISH', q .. 'wake', '')
  end
end

-- The front part of a line, as the rest of its key.
local function front_of(line)
  local kind, name = string.match(line, '^(%a):(.*)$')
  return kind == 'w' and 'w:' .. (name + 0.5) or 'h:' .. name
end

-- Adds ids to an end of the list of a priority, or of its front part. At the front, the last one is the first.
local function push(command, level, ...)
  if redis.call(command, q .. 'w:' .. level, ...) == select('#', ...) then redis.call('ZADD', levels, level, level) end
end

local function ready(id, level, front)
  local first = front and front_of('w:' .. level)
  if first and redis.call('EXISTS', q .. first) == 1 then level = level + 0.5 end
  push(front and 'LPUSH' or 'RPUSH', level, id)
end

-- Notes that a line holds n fewer ids of removed jobs.
local function passed(line, n)
  if tonumber(redis.call('ZINCRBY', gone, -n, line)) <= 0 then redis.call('ZREM', gone, line) end
end

-- Takes an id out of a list, if the list is short or the id is near an end. Returns whether it did, and else whether it may be there.
local function take_from(key, id)
  local length = redis.call('LLEN', key)
  if length <= 5000 then return redis.call('LREM', key, 1, id) == 1, false end
  for _, side in ipairs({ { 1, 0, 499 }, { -1, -500, -1 } }) do
    for _, near in ipairs(redis.call('LRANGE', key, side[2], side[3])) do
      if near == id then return redis.call('LREM', key, side[1], id) == 1 end
    end
  end
  return false, true
end

-- Takes a waiting job out of its line. In the middle of a long list, where that would block Redis for milliseconds, the id stays and is
-- counted: whoever gets it passes it by, and the sweep tidies the line when it has too many.
local function withdraw(id, st, level)
  count('waiting', -1)
  local group = mark(st, 'g')
  local line = group and redis.call('HGET', groups, group) ~= id and 'g:' .. group or 'w:' .. level
  for _, part in ipairs({ line, front_of(line) }) do
    local taken, maybe = take_from(q .. part, id)
    if taken then return end
    if maybe then redis.call('ZINCRBY', gone, 1, part) end
  end
end

-- Returns whether a job may be made ready: it has no group, or it is or becomes the head of its group. Else adds it behind the others.
local function heads(id, st)
  local group = mark(st, 'g')
  if not group then return true end
  local head = redis.call('HGET', groups, group)
  if head and head ~= id then
    redis.call('RPUSH', q .. 'g:' .. group, id)
    return false
  end
  redis.call('HSET', groups, group, id)
  return true
end

-- Makes the ids in lists by priority ready, in their order.
local function append(lists)
  for level, ids in pairs(lists) do push('RPUSH', level, unpack(ids)) end
end

-- Makes the next job of a group its head, and ready. Returns its priority if there is one.
local function succeed(group)
  for _ = 1, 200 do
    local part = 'h:' .. group
    local heir = redis.call('LPOP', q .. part)
    if not heir then
      part = 'g:' .. group
      heir = redis.call('LPOP', q .. part)
    end
    if not heir then
      redis.call('HDEL', groups, group)
      return
    end
    local text = body(heir)
    if text then
      redis.call('HSET', groups, group, heir)
      ready(heir, priority(text))
      return priority(text)
    end
    passed(part, 1)
  end
  -- The next ones are removed jobs, too. The sweep continues.
  redis.call('HSET', groups, group, '0')
  redis.call('ZINCRBY', gone, 1, 'g:' .. group)
end

-- Frees the unique key and the group of a job that has ended. Returns the priority of the next job of the group if there is one.
local function let_go(id, st)
  local key = mark(st, 'u')
  if key and redis.call('HGET', unique, key) == id then redis.call('HDEL', unique, key) end
  local group = mark(st, 'g')
  if group and redis.call('HGET', groups, group) == id then return succeed(group) end
end

-- Deletes all data of a job, except its members in sets.
local function forget(id, st)
  redis.call('HDEL', bucket(id), id)
  if st then redis.call('HDEL', state, id, id .. ':e', id .. ':p', id .. ':r') end
end

local function remove(id, st, what)
  forget(id, st)
  if mark(st, 't') then redis.call('ZREM', expiring, id) end
  count('removed', 1)
  tell(what, id)
  return let_go(id, st)
end

local function bury(id, failures, stalls, deliveries, marks, why)
  local st = failures .. ' ' .. stalls .. ' ' .. deliveries .. marks
  redis.call('ZADD', dead, now, id)
  redis.call('HSET', state, id, st, id .. ':e', why)
  let_go(id, st)
  tell('job.dead', id, 'error', why)
end

-- Moves up to `most` due jobs from the delayed ones to the end of their list; returns how many.
local function promote(most)
  local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, most)
  if #due == 0 then return 0 end
  redis.call('ZREM', delayed, unpack(due))
  local ids, at = {}, {}
  for i, member in ipairs(due) do
    local id, level = string.match(member, '^0*(%d+):(%-?%d+)$')
    ids[i], at[i] = id, level
  end
  local states = states_of(ids)
  local lists = {}
  for i, id in ipairs(ids) do
    if heads(id, states[i]) then
      lists[at[i]] = lists[at[i]] or {}
      table.insert(lists[at[i]], id)
    end
  end
  append(lists)
  count('waiting', #ids)
  return #ids
end

-- Takes back up to `most` jobs whose lease has expired: to the front of their list, or to the dead jobs after `allowed` times.
local function reclaim(most, allowed)
  local ids = redis.call('ZRANGEBYSCORE', leased, '-inf', '(' .. now, 'LIMIT', 0, most)
  if #ids == 0 then return 0 end
  redis.call('ZREM', leased, unpack(ids))
  local states = states_of(ids)
  local back = {}
  for i, id in ipairs(ids) do
    local st = states[i]
    local failures, stalls, deliveries, marks = parts(st)
    if mark(st, 'c') then
      remove(id, st, 'job.cancelled')
    elseif stalls >= allowed then
      bury(id, failures, stalls + 1, deliveries, marks, 'The lease expired ' .. (stalls + 1) .. ' times without an outcome')
    else
      redis.call('HSET', state, id, failures .. ' ' .. (stalls + 1) .. ' ' .. deliveries .. marks)
      back[#back + 1] = id
      tell('job.stalled', id)
    end
  end
  for i = #back, 1, -1 do ready(back[i], priority(body(back[i])), true) end
  count('waiting', #back)
  return #ids
end

local function where(id)
  local text = body(id)
  if not text then return 'gone' end
  if redis.call('ZSCORE', leased, id) then return 'active' end
  if redis.call('ZSCORE', dead, id) then return 'dead' end
  if redis.call('ZSCORE', done, id) then return 'completed' end
  if redis.call('ZSCORE', delayed, late(id, priority(text))) then return 'delayed' end
  return 'waiting'
end

-- Makes a dead job ready, with all its attempts again; returns false if another job has its unique key.
local function revive(id, st, text)
  local _, _, deliveries, marks = parts(st)
  local key = mark(st, 'u')
  if key and redis.call('HSETNX', unique, key, id) == 0 then return false end
  redis.call('ZREM', dead, id)
  redis.call('HSET', state, id, '0 0 ' .. deliveries .. marks)
  if heads(id, st) then ready(id, priority(text)) end
  count('waiting', 1)
  tell('job.waiting', id)
  return true
end
