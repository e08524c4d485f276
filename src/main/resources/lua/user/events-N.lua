-- Reads the events after a position, in the order of (ms, partition, sequence number).
-- KEYS     the streams of consecutive partitions; on a cluster, of one
-- ARGV[1] first      number of the first partition
-- ARGV[2] ms         of the position
-- ARGV[3] partition
-- ARGV[4] sequence
-- ARGV[5] most       maximum number of events to read from each stream
-- returns {now in ms, partition, {{id, {field, value, ...}}, ...}, partition, ...}, without streams that have no events

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first, ms, partition, sequence, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local reply = { now }
for i, stream in ipairs(KEYS) do
  local own = first + i - 1
  local from = own == partition and '(' .. ms .. '-' .. sequence
    or own < partition and '(' .. ms .. '-18446744073709551615'
    or ms .. '-0'
  local entries = redis.call('XRANGE', stream, from, '+', 'COUNT', most)
  if #entries > 0 then
    reply[#reply + 1] = own
    reply[#reply + 1] = entries
  end
end
return reply
