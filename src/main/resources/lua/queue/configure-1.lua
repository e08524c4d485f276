-- Notes the version of a queue's settings, so that no replica hands out jobs by other settings.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV[1] version   empty for the default settings
-- ARGV[2] seen      the version that is noted now, or nothing changes; "*" for any
-- ARGV[3] rated     0 if the queue has no rate limit: what was used of one is forgotten
-- returns 1 noted, 0 not

local version, seen, rated = ARGV[1], ARGV[2], ARGV[3]
if seen ~= '*' and seen ~= (flags[4] or '') then return 0 end
write_even_if_full()
if rated == '0' then redis.call('HDEL', meta, 'rate') end
if version == '' then
  redis.call('HDEL', meta, 'set')
else
  redis.call('HSET', meta, 'set', version)
  redis.call('PERSIST', meta)
end
wake()
return 1
