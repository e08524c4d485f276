-- What the scripts of queues do with jobs: the lines that they wait in, their groups and unique keys, and their ends.
-- uses queue/keys

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

-- Whether an id is one of the heads of a group.
local function is_head(ids, id) return ids and string.find(' ' .. ids .. ' ', ' ' .. id .. ' ', 1, true) ~= nil end

local function number_of(ids)
  local _, blanks = string.gsub(ids, ' ', '')
  return ids == '' and 0 or blanks + 1
end

-- The limits of a group: how many jobs may be active, ms per job that its rate allows, 0 for any, and how many at once.
local function limits_of(group)
  local text = redis.call('HGET', q .. 'limits', group) or flags[7] or '1 0 0'
  local concurrency, interval, burst = string.match(text, '^(%S+) (%S+) (%S+)')
  return tonumber(concurrency), tonumber(interval), tonumber(burst)
end

-- Takes a waiting job out of its line. In the middle of a long list, where that would block Redis for milliseconds, the id stays and is
-- counted: whoever gets it passes it by, and the sweep tidies the line when it has too many.
local function withdraw(id, st, level)
  count('waiting', -1)
  local group = mark(st, 'g')
  if group and redis.call('ZREM', parked, id) == 1 then return end
  local line = group and not is_head(redis.call('HGET', groups, group), id) and 'g:' .. group or 'w:' .. level
  for _, part in ipairs({ line, front_of(line) }) do
    local taken, maybe = take_from(q .. part, id)
    if taken then return end
    if maybe then redis.call('ZINCRBY', gone, 1, part) end
  end
end

-- Returns whether a job may be made ready: it has no group, or it is or becomes one of the heads of its group. Else adds it behind them.
local function heads(id, st)
  local group = mark(st, 'g')
  if not group then return true end
  local ids = redis.call('HGET', groups, group)
  if is_head(ids, id) then return true end
  if ids then
    local behind = ids == '0' or number_of(ids) >= limits_of(group) or redis.call('EXISTS', q .. 'g:' .. group, q .. 'h:' .. group) > 0
    if behind then
      redis.call('RPUSH', q .. 'g:' .. group, id)
      return false
    end
    id = ids .. ' ' .. id
  end
  redis.call('HSET', groups, group, id)
  return true
end

-- Makes the ids in lists by priority ready, in their order.
local function append(lists)
  for level, ids in pairs(lists) do push('RPUSH', level, unpack(ids)) end
end

-- Makes the next jobs of a group heads, and ready, until it has as many heads as it may have. `ids`: the heads that it has. Returns the
-- highest priority of the new ones if there are some.
local function succeed(group, ids)
  local wanted, highest = limits_of(group) - number_of(ids), nil
  for _ = 1, 200 do
    if wanted <= 0 then break end
    local part = 'h:' .. group
    local heir = redis.call('LPOP', q .. part)
    if not heir then
      part = 'g:' .. group
      heir = redis.call('LPOP', q .. part)
    end
    if not heir then break end
    local text = body(heir)
    if text then
      ids = ids == '' and heir or ids .. ' ' .. heir
      wanted = wanted - 1
      ready(heir, priority(text))
      if not highest or tonumber(priority(text)) > tonumber(highest) then highest = priority(text) end
    else
      passed(part, 1)
    end
  end
  if ids ~= '' then
    redis.call('HSET', groups, group, ids)
  elseif redis.call('EXISTS', q .. 'g:' .. group, q .. 'h:' .. group) > 0 then
    -- The next ones are removed jobs, too. The sweep continues.
    redis.call('HSET', groups, group, '0')
    redis.call('ZINCRBY', gone, 1, 'g:' .. group)
  else
    redis.call('HDEL', groups, group)
  end
  return highest
end

-- Takes an id from the heads of its group. Returns the highest priority of the next jobs if there are some.
local function step_down(id, group)
  local ids = redis.call('HGET', groups, group)
  if not is_head(ids, id) then return end
  local left = string.gsub(' ' .. ids .. ' ', ' ' .. id .. ' ', ' ', 1)
  return succeed(group, string.match(left, '^ *(.-) *$'))
end

-- Returns whether the rate of a job's group lets it start now, and counts it; else parks it.
local function may_start(id, group)
  local _, interval, burst = limits_of(group)
  if interval == 0 then return true end
  local noted = tonumber(redis.call('ZSCORE', pace, group) or 0)
  -- The limits may have changed.
  local upto = math.max(now, math.min(noted, now + interval * burst))
  local from = upto - interval * (burst - 1)
  if from > now then
    if upto < noted then redis.call('ZADD', pace, string.format('%.3f', upto), group) end
    redis.call('ZADD', parked, math.ceil(from), id)
    return false
  end
  redis.call('ZADD', pace, string.format('%.3f', upto + interval), group)
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

-- The attributes of a new job by their letters, see enqueue.
local function options_of(attributes)
  local options = {}
  for letter, value in string.gmatch(attributes, ' (%a)(%S+)') do options[letter] = value end
  return options
end

-- Returns the delay of a new job in ms, and the marks of its state.
local function start_of(options)
  local delay = options.D and math.max(0, options.D - wall) or options.W and math.max(0, options.W - now)
    or tonumber(options.w or options.d or 0)
  if options.t then options.t = string.format('%.0f', now + delay + options.t) end
  if options.m then options.m = options.M or string.format('%.0f', now + options.m) end
  local text = ''
  for _, letter in ipairs({ 'g', 'u', 'f', 'm', 'l', 't' }) do
    if options[letter] then text = text .. ' ' .. letter .. options[letter] end
  end
  return delay, text
end

-- Enqueues the job that was planned for the end of another one.
local function rerun(planned)
  local attributes, rest = string.match(planned, '^([^\n]*)\n(.*)$')
  local options, id = options_of(attributes), string.format('%.0f', redis.call('HINCRBY', meta, 'seq', 1))
  local level = options.p or '0'
  local delay, marks = start_of(options)
  redis.call('HSET', bucket(id), id, wall .. ' ' .. level .. rest)
  redis.call('HSET', state, id, '0 0 0' .. marks)
  redis.call('HSETNX', unique, options.u, id)
  if options.t then redis.call('ZADD', expiring, options.t, id) end
  count('enqueued', 1)
  if delay > 0 then
    redis.call('ZADD', delayed, now + delay, late(id, level))
  else
    if heads(id, marks) then ready(id, level) end
    count('waiting', 1)
  end
  wake()
  tell('job.enqueued', id)
end

-- Frees the unique key and the group of a job that has ended, and enqueues the job that is planned for its end, unless it is drained.
-- Returns the priority of the next job of the group if there is one.
local function let_go(id, st, drained)
  local key, heir = mark(st, 'u'), nil
  if key and redis.call('HGET', unique, key) == id then redis.call('HDEL', unique, key) end
  local group = mark(st, 'g')
  if group then heir = step_down(id, group) end
  local planned = key and not drained and redis.call('HGET', state, id .. ':n')
  if planned then
    redis.call('HDEL', state, id .. ':n')
    rerun(planned)
  end
  return heir
end

-- Deletes all data of a job, except its members in sets.
local function forget(id, st)
  redis.call('HDEL', bucket(id), id)
  if st then redis.call('HDEL', state, id, id .. ':e', id .. ':p', id .. ':r', id .. ':n') end
end

local function remove(id, st, what, drained)
  if mark(st, 't') then redis.call('ZREM', expiring, id) end
  count('removed', 1)
  tell(what, id)
  local heir = let_go(id, st, drained)
  forget(id, st)
  return heir
end

-- Notes that a job has ended, in `dead` or `done`. Jobs that end in the same ms keep their order: each is later than the last one, by a
-- fraction of a ms. Those that ended in the future, because the clock was set back since, are left to the sweep.
local function note_end(set, id)
  local last = tonumber(redis.call('ZREVRANGE', set, 0, 0, 'WITHSCORES')[2] or 0)
  redis.call('ZADD', set, last >= now and last < now + 1000 and last + 1 / 1024 or now, id)
end

local function bury(id, failures, stalls, deliveries, marks, why)
  local st = failures .. ' ' .. stalls .. ' ' .. deliveries .. marks
  note_end(dead, id)
  redis.call('HSET', state, id, st, id .. ':e', why)
  tell('job.dead', id, 'error', why)
  let_go(id, st)
end

-- Moves up to `most` due jobs from the delayed ones to the end of their list, and as many parked ones; returns the larger number.
local function promote(most)
  local back = unpark(most)
  local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, most)
  if #due == 0 then return back end
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
  return math.max(#ids, back)
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
  write_even_if_full()
  if key and redis.call('HSETNX', unique, key, id) == 0 then return false end
  redis.call('ZREM', dead, id)
  redis.call('HSET', state, id, '0 0 ' .. deliveries .. marks)
  if heads(id, st) then ready(id, priority(text)) end
  count('waiting', 1)
  tell('job.waiting', id)
  return true
end
