-- What the scripts of queues share. KEYS[1] is the queue's `meta`. The names of its other keys are derived from it, because the lists
-- and buckets that a call touches are known only inside the script. All have the same hash tag (docs/adr/0009-job-queues.md).
--   meta      hash: `seq` the last id, `paused` why, `wait` ms until which a request waits for jobs, `listen` ms until which events
--             are kept, `rate` "<ms> <interval> <burst>": the time up to which the rate limit is used up, and the limit, `idle`
--             "<enqueued> <ms>": how many jobs had been enqueued, and when, when the queue was first found unused; `tidy`
--             "<line> <ids>": the line that is being tidied, and how many of its ids are left to check; `drain` ms until which no
--             line may be tidied; `set` the version of the settings, none for the defaults; `clock` ms that it was at least once,
--             `skew` ms, see `now`; `until` ms of the end of the last window of a throttle, `since` ms of the start of the first one;
--             `limits` those of groups without their own, as in the hash `limits`;
--             `was` those before, and `regroup` how far the change of them is applied, while it is, see regroup-1; `swapped` if
--             `pace` and `paced` have each other's name
--   w:<p>     list of the ids that are ready at priority p, the next one first; an id without a body was removed
--   w:<p.5>   its front part, while there is one: ids that go before those of w:<p>
--   levels    sorted set of the priorities with such a list, of both parts
--   seeking   sorted set of the groups whose head is 0, by the ms of the last search for it
--   gone      sorted set of lines (w:<p>, g:<group> and their front parts) by how many ids of removed jobs they hold, about
--   b:<n>     hash of bodies by id, of the 8192 ids from n * 8192: "<enqueued ms> <priority><options>\n<type>\n<data>"
--             options: " a<max attempts>", " b<x|f>:<delay>:<max>:<jitter>", " s<schedule>", " o<ms of its occurrence>"
--   state     hash, only for jobs that need it: <id> "<failures> <stalls> <deliveries><marks>", <id>:e its error, <id>:p its
--             progress, <id>:r its result, <id>:n "<attributes>\n<end of the body>" of the job that is enqueued when it ends, see enqueue.
--             marks: " g<group>", " u<unique key>", " f1" has it until it starts, " m<ms until which it may be debounced>",
--             " l<lease ms>", " t<ms it must start by>", " c" cancel
--   delayed   sorted set of "<id, 14 digits>:<priority>" by due time in ms
--   expiring  sorted set of the ids with a ttl that were never handed out, by the ms that they must start by
--   leased    sorted set of ids by the expiry of their lease in ms
--   dead      sorted set of ids by the time they died in ms, see `note_end`; `done` the same for completed jobs that are retained
--   unique    hash of ids by unique key
--   i:<key>   id by idempotency key; t:<unique key> "<id> <ms> <since>" the first job of the window of a throttle, the end of that,
--             and the `since` of its queue
--   groups    hash of the ids at the head of each group (ready, parked, delayed or active), as many as the group may have active at
--             once, with blanks between them; g:<group> list of the ids behind them, h:<group> its front part, while there is one.
--             The head is 0 while the sweep looks for the next job of the group
--   limits    hash of the limits of groups that have their own: "<concurrency> <ms per job, 0 for any> <burst> <window ms>"; limited
--             sorted set of those groups, all with the score 0
--   parked    sorted set of ids of heads by the ms before which the rate of their group lets none start
--   pace      sorted set of groups by the ms up to which their rate is used up; `paced` those that still have to be converted,
--             while `regroup` is set
--   stats     hash of counters: enqueued, completed, removed, waiting
--   events    stream
--   schedules hash of definitions by name; due sorted set of their names by the next occurrence in ms

local meta = KEYS[1]
local q = string.sub(meta, 1, -5)
local levels, state, delayed, leased = q .. 'levels', q .. 'state', q .. 'delayed', q .. 'leased'
local dead, done, unique, groups, stats = q .. 'dead', q .. 'done', q .. 'unique', q .. 'groups', q .. 'stats'
local gone, expiring, parked, pace, paced = q .. 'gone', q .. 'expiring', q .. 'parked', q .. 'pace', q .. 'paced'
local seeking = q .. 'seeking'
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local flags = redis.call('HMGET', meta, 'paused', 'wait', 'listen', 'set', 'clock', 'skew', 'limits', 'was', 'swapped')
if flags[9] then pace, paced = paced, pace end
local clock, held = tonumber(flags[5] or 0), tonumber(flags[6] or 0)
-- The time of the queue, in which leases, delays and the rate are measured. It is that of Redis, unless that clock is set back, or a
-- failover leads to a server whose clock is behind: then the queue's time goes on from `clock`, ahead of Redis by `skew`. When Redis
-- catches up, by NTP or by a failover to the first server, the skew shrinks by as much, or leases in progress would expire: `clock` is
-- noted once a second, so a queue that is ahead of Redis is never more than 2 s ahead of `clock`.
local now = math.max(wall, clock, math.min(wall + held, clock + 2000))
local skew = now - wall
local paused, waited, listened = flags[1], tonumber(flags[2] or 0) > now, tonumber(flags[3] or 0) > now

-- Lets the rest of the script write when Redis' memory is full. Redis then refuses commands that may need memory, but not after the
-- script's first write, which needs none here. For scripts that free memory in the end, and those without which work stops.
local function write_even_if_full() redis.call('HDEL', meta, '') end
-- Notes the time when something begins to be measured in it. From then on the sweep does.
local function note_time()
  if not flags[5] then
    flags[5] = now
    redis.call('HSET', meta, 'clock', now)
  end
end
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
