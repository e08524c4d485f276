-- Stands in front of each script that callers send, in its first line, so that the lines keep their numbers: it keeps the script in its
-- database, and from what callers may not do otherwise either. The locals hide what would lead around it; that scripts cannot change
-- what others use is seen to by Redis (from 6.2.7 on, CVE-2022-24735).
local sandboxed
do
  local real, kind, upper, find, sub, raise = redis, type, string.upper, string.find, string.sub, error
  local call, pcall, reply, select = real.call, real.pcall, real.error_reply, select
  local refused = ' ACL BGREWRITEAOF BGSAVE CLIENT CLUSTER CONFIG DEBUG FAILOVER FCALL FCALL_RO FLUSHALL FUNCTION INFO KEYS LASTSAVE '
    .. 'LATENCY MIGRATE MODULE MONITOR MOVE PFDEBUG PFSELFTEST PSYNC PUBSUB REPLCONF REPLICAOF RESTORE-ASKING ROLE SAVE SCRIPT SELECT '
    .. 'SHUTDOWN SLAVEOF SLOWLOG SWAPDB SYNC '
  local function problem(name, ...)
    if kind(name) ~= 'string' then return end
    local command = upper(name)
    local bad = find(refused, ' ' .. command .. ' ', 1, true)
    if command == 'COPY' then
      for i = 3, select('#', ...) do
        local option = select(i, ...)
        if kind(option) == 'string' and upper(option) == 'DB' then bad = true end
      end
    elseif command == 'PUBLISH' or command == 'SPUBLISH' then
      local channel = ...
      bad = kind(channel) == 'string' and sub(channel, 1, 3) == 'mr:'
    end
    if bad then return "NOPERM this user has no permissions to run the '" .. name .. "' command" end
  end
  sandboxed = setmetatable({
    call = function(...)
      local text = problem(...)
      if text then raise(text, 0) end
      return call(...)
    end,
    pcall = function(...)
      local text = problem(...)
      if text then return reply(text) end
      return pcall(...)
    end
  }, { __index = real, __metatable = false })
end
local redis, server, _G, getfenv, setfenv, loadstring, load, debug = sandboxed, sandboxed
