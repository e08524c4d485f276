-- What the scripts of queues do with jobs: they are enqueued and end, and what is due is done.
-- uses queue/rates

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
