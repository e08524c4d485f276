-- Put in front of a script, gives it a clock that the test moves instead of the server's: TIME, and the expiry of keys; and refuses
-- its writes, if the test wants it.
-- Keys get no real TTL, for that would run by the server's clock. Their expiries are in a hash and are obeyed here by
-- Redis' own rules: a key that expires at a millisecond is there until that millisecond is over.
-- ARGV[#ARGV - 1] refusal  "full": the server's memory is, so it refuses what may need some, but not after a script's first write;
--                          "readonly": it is a replica, and refuses every write; else nothing is refused
-- ARGV[#ARGV]     now      µs. Both are taken off before the script sees its arguments
-- WRITES and HUNGRY, the names of all commands that write and that are refused when memory is full, are defined before this.

local redis = (function(server)
  local EXPIRIES = 'virtual:expiries'
  local now = tonumber(table.remove(ARGV))
  local refusal = table.remove(ARGV)
  local ms = math.floor(now / 1000)

  local function expire(key, ttl)
    ttl = tonumber(ttl)
    assert(ttl and ttl > 0 and ttl == math.floor(ttl), 'invalid expire time')
    server('HSET', EXPIRIES, key, string.format('%.0f', ms + ttl))
  end
  local function obey(key)
    local at = key and server('HGET', EXPIRIES, key)
    if at and ms > tonumber(at) then
      server('DEL', key)
      server('HDEL', EXPIRIES, key)
    end
  end

  local own = {}
  function own.TIME()
    return { string.format('%.0f', math.floor(now / 1000000)), string.format('%.0f', now % 1000000) }
  end
  function own.PTTL(key)
    local at = server('HGET', EXPIRIES, key)
    if at then return at - ms end
    return server('EXISTS', key) - 2
  end
  function own.PEXPIRE(key, ttl)
    local exists = server('EXISTS', key)
    if exists == 1 then expire(key, ttl) end
    return exists
  end
  function own.PERSIST(key) return server('HDEL', EXPIRIES, key) end
  function own.SET(key, value, option, ...)
    if option == 'NX' then
      if server('EXISTS', key) == 1 then return false end
      return own.SET(key, value, ...)
    end
    if option == 'PX' then
      expire(key, ...)
    elseif option ~= 'KEEPTTL' then
      assert(not option, 'unknown option of SET')
      server('HDEL', EXPIRIES, key)
    end
    return server('SET', key, value)
  end
  function own.UNLINK(...)
    for _, key in ipairs({ ... }) do obey(key) end
    server('HDEL', EXPIRIES, ...)
    return server('UNLINK', ...)
  end

  -- As Redis judges before each command: https://github.com/redis/redis/blob/6.2/src/scripting.c, luaRedisGenericCommand.
  local written = false
  local function refused(command)
    local function is_one_of(names) return string.find(names, ' ' .. command .. ' ', 1, true) end
    if not is_one_of(WRITES) then return end
    if refusal == 'readonly' then return "-READONLY You can't write against a read only replica." end
    if refusal == 'full' and not written and is_one_of(HUNGRY) then
      return "-OOM command not allowed when used memory > 'maxmemory'."
    end
    written = true
  end

  local function run(command, key, ...)
    obey(key)
    if own[command] then return own[command](key, ...) end
    local reply = server(command, key, ...)
    if server('EXISTS', key) == 0 then server('HDEL', EXPIRIES, key) end
    return reply
  end
  local function call(command, ...)
    local problem = refused(command)
    if problem then error(problem, 0) end
    return run(command, ...)
  end
  local function pcall(command, ...)
    local problem = refused(command)
    if problem then return { err = problem } end
    return run(command, ...)
  end
  return { call = call, pcall = pcall }
end)(redis.call)
