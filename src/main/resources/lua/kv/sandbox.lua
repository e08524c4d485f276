-- Precedes each script that clients send, in its first line, so that line numbers do not change. It confines the script to its database,
-- and refuses the commands that clients may not run. The locals hide everything that leads around it or changes what other scripts use.
-- Redis protects the rest of what scripts share (from 6.2.7 on, CVE-2022-24735).
-- Redis compares words up to a zero byte, and Lua compares whole strings. So a name with a zero byte is refused, and options are compared
-- with one at the end.
-- The last character separates the script from the last statement.
local sandboxed, sharedJson, metatableOfTable
do
  local real, kind, upper, find, sub, raise = redis, type, string.upper, string.find, string.sub, error
  local call, pcall, reply, select = real.call, real.pcall, real.error_reply, select
  local setmetatable, metatable, json = setmetatable, getmetatable, cjson
  local refused = ' ACL ASKING AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER CONFIG DEBUG FAILOVER FCALL FCALL_RO FLUSHALL FUNCTION HELLO INFO '
    .. 'KEYS LASTSAVE LATENCY MIGRATE MODULE MONITOR MOVE PFDEBUG PFSELFTEST POST PSYNC PUBSUB QUIT READONLY READWRITE REPLCONF REPLICAOF '
    .. 'RESET RESTORE RESTORE-ASKING ROLE SAVE SCRIPT SELECT SHUTDOWN SLAVEOF SLOWLOG SWAPDB SYNC WAIT WAITAOF '
  local function bad(name, ...)
    local command = upper(name)
    if not find(command, '^[%w._-]+$') or find(refused, ' ' .. command .. ' ', 1, true) or find(command, '^_?FT%.') then
      return true
    elseif command == 'COPY' then
      for i = 3, select('#', ...) do
        local option = select(i, ...)
        if kind(option) == 'string' and find(upper(option) .. '\0', 'DB\0', 1, true) == 1 then return true end
      end
    elseif command == 'PUBLISH' or command == 'SPUBLISH' then
      local channel = ...
      return kind(channel) == 'string' and sub(channel, 1, 3) == 'mr:'
    elseif command == 'MEMORY' then
      local subcommand = ...
      return kind(subcommand) ~= 'string' or upper(subcommand) ~= 'USAGE'
    end
  end
  local containers = ' ACL CLIENT CLUSTER CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE PUBSUB SCRIPT SLOWLOG '
  local function problem(name, ...)
    if kind(name) == 'string' and bad(name, ...) then
      local subcommand = ...
      if kind(subcommand) == 'string' and find(containers, ' ' .. upper(name) .. ' ', 1, true) and find(subcommand, '^[%a-]+$') then
        name = name .. '|' .. subcommand
      end
      return "NOPERM this user has no permissions to run the '" .. name .. "' command"
    end
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
    end,
    log = function() end
  }, { __metatable = false, __index = function(_, name)
    if name ~= 'call' and name ~= 'pcall' and name ~= 'log' then return real[name] end
  end })
  sharedJson = setmetatable({}, { __metatable = false, __index = function(_, name)
    if kind(name) == 'string' and find(name, '^[ed][en]code_') then raise('this would change JSON for all; see cjson.new()', 0) end
    return json[name]
  end })
  metatableOfTable = function(object)
    if kind(object) == 'table' then return metatable(object) end
  end
end
local redis, server, cjson, getmetatable, _G, getfenv, setfenv, loadstring, load, debug, collectgarbage
  = sandboxed, sandboxed, sharedJson, metatableOfTable;
