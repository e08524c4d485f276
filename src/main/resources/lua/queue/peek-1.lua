-- Reads jobs without changing them.
-- uses queue/jobs
-- KEYS[1] meta
-- ARGV     ids
-- returns {{state, ms, body, state text, error, progress, result}, ...}: one per id in order, up to about 1 MB in total; {} for an
--   unknown id. ms: when a delayed job is due, the lease of an active job expires, a dead or completed job ended; 0 for a waiting job

local reply, bytes = {}, 0
for i, id in ipairs(ARGV) do
  local place = where(id)
  local shown = {}
  if place ~= 'gone' then
    local text = body(id)
    local at = 0
    if place == 'delayed' then
      at = redis.call('ZSCORE', delayed, late(id, priority(text)))
    elseif place ~= 'waiting' then
      at = redis.call('ZSCORE', place == 'active' and leased or place == 'dead' and dead or done, id)
    end
    local kept = redis.call('HMGET', state, id, id .. ':e', id .. ':p', id .. ':r')
    shown = { place, math.max(0, tonumber(at) - skew), text, kept[1] or '', kept[2] or '', kept[3] or '', kept[4] or '' }
    for _, part in ipairs(kept) do bytes = bytes + (part and #part or 0) end
    bytes = bytes + #text
    if i > 1 and bytes > 1048576 then break end
  end
  reply[i] = shown
end
return reply
