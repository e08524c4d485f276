-- Adds jobs, in order; one whose unique or idempotency key is taken stays what it was.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] remembered   ms for which idempotency keys hold
-- ARGV[2] claim        empty, or "<ms> <next ms> <schedule>": the occurrence of a schedule that the jobs are for, and the one after
--   it, -1 for none. Where another has claimed it already, nothing is enqueued
-- ARGV     then, per job, two: what is special about it, and the end of its body, from its options on
--   special: empty for nothing, else some of " p<priority>", " d<delay ms>", " D<due ms>", " u<unique key>", " i<idempotency key>",
--   " g<group>", " l<lease ms>", " t<ms it must start within>"
-- returns {id, what, ...}: what is 0 waiting, 1 delayed, or the state of the job that was there already

local at, following, name = string.match(ARGV[2], '^(%d+) (%-?%d+) (.+)$')
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
if last == n then
  -- A queue that is made anew must not give ids again that it once gave: they go on with the time, in units of 10 µs since 2025.
  last = math.floor((now - 1735689600000) * 100) + n
  redis.call('HSET', meta, 'seq', string.format('%.0f', last))
end

local reply, bodies, lists = {}, {}, {}
local first, added, later, ids = last - n, 0, 0, {}
local stamp = now .. ' '

local function flush()
  by_bucket(ids, function(key, from, to)
    local fields, at = {}, 1
    for i = from, to do
      fields[at], fields[at + 1] = ids[i], bodies[i]
      at = at + 2
    end
    redis.call('HSET', key, unpack(fields))
  end)
  ids, bodies = {}, {}
end

local function taken(special, id)
  local key = mark(special, 'i')
  local holder = key and redis.call('GET', q .. 'i:' .. key)
  if holder then return holder end
  local sole = mark(special, 'u')
  holder = sole and redis.call('HGET', unique, sole)
  if holder then return holder end
  if sole then redis.call('HSET', unique, sole, id) end
  if key then redis.call('SET', q .. 'i:' .. key, id, 'PX', ARGV[1]) end
end

for i = 1, n do
  local special, rest = ARGV[2 * i + 1], ARGV[2 * i + 2]
  local id = string.format('%.0f', first + i)
  local level, delay, holder = '0', 0, nil
  if special ~= '' then
    -- A duplicate may be of a job of this very call, whose state is asked of what is stored.
    flush()
    holder = taken(special, id)
    level = mark(special, 'p') or '0'
    delay = tonumber(mark(special, 'd') or 0)
    local due = mark(special, 'D')
    if due then delay = math.max(0, tonumber(due) - now) end
  end
  if holder then
    reply[2 * i - 1], reply[2 * i] = holder, where(holder)
  else
    local at = #ids + 1
    ids[at], bodies[at] = id, stamp .. level .. rest
    local marks = ''
    if special ~= '' then
      for _, letter in ipairs({ 'g', 'u', 'l' }) do
        local value = mark(special, letter)
        if value then marks = marks .. ' ' .. letter .. value end
      end
      local ttl = mark(special, 't')
      if ttl then marks = marks .. ' t' .. string.format('%.0f', now + delay + ttl) end
      if marks ~= '' then redis.call('HSET', state, id, '0 0 0' .. marks) end
    end
    if delay > 0 then
      redis.call('ZADD', delayed, now + delay, late(id, level))
      later = later + 1
      if delay < 1000 then wake() end
    elseif marks == '' or heads(id, marks) then
      local list = lists[level]
      if not list then
        list = {}
        lists[level] = list
      end
      list[#list + 1] = id
    end
    reply[2 * i - 1], reply[2 * i] = id, delay > 0 and 1 or 0
    added = added + 1
    if listened then tell('job.enqueued', id) end
  end
end
flush()
append(lists)
count('enqueued', added)
count('waiting', added - later)
if added > later then wake() end
return reply
