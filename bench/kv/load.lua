-- Arguments after "--": side (bare, webdis or millrace), call (get, set, pipeline), API key. A pipeline is 100 commands, GET and
-- SET in turn; webdis has none, so it gets 100 requests in one write.
local side, call, key
local n, value = 0, string.rep('0123456789', 10)
local function name() n = n % 1000 + 1 return 'key-' .. n end
local function webdis(write)
  if write then return wrk.format('PUT', '/SET/' .. name(), nil, value) end
  return wrk.format('GET', '/GET/' .. name())
end
function init(args)
  side, call, key = args[1], args[2], args[3]
  n = math.random(1000)
  if side == 'millrace' then wrk.headers['Authorization'] = 'Bearer ' .. key end
end
function request()
  if call ~= 'pipeline' then
    if side == 'webdis' then return webdis(call == 'set') end
    if side == 'bare' then return wrk.format('GET', '/' .. call .. '/' .. name()) end
    if call == 'get' then return wrk.format('GET', '/redis/get/' .. name()) end
    return wrk.format('PUT', '/redis/set/' .. name(), nil, value)
  end
  local all = {}
  for i = 1, 100 do
    if side == 'webdis' then
      all[i] = webdis(i % 2 == 0)
    else
      all[i] = i % 2 == 0 and '["SET","' .. name() .. '","' .. value .. '"]' or '["GET","' .. name() .. '"]'
    end
  end
  if side == 'webdis' then return table.concat(all) end
  return wrk.format('POST', side == 'bare' and '/pipeline/x' or '/redis/pipeline', nil, '[' .. table.concat(all, ',') .. ']')
end
function done(summary, latency)
  io.write(string.format('RESULT %d %.0f %.0f %.0f %d %d\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
