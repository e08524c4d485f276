-- Arguments after "--": side (bare, webdis or millrace), call (hit, gzip, miss, put), API key.
local side, call, key
local n, value = 0, nil
function init(args)
  side, call, key = args[1], args[2], args[3]
  n = math.random(1000)
  value = string.rep('{"name":"value"},', 60)
end
function request()
  n = n % 1000 + 1
  local name = (call == 'put' and 'put-' or call == 'hit' and 'hit-' or call == 'gzip' and 'gzip-' or 'none-') .. n
  if side == 'bare' then return wrk.format('GET', '/' .. call .. '/' .. name) end
  if side == 'webdis' then
    if call == 'put' then return wrk.format('PUT', '/SET/webdis-' .. name, nil, value) end
    return wrk.format('GET', '/GET/webdis-' .. name .. '.txt')
  end
  local headers = { Authorization = 'Bearer ' .. key }
  if call == 'gzip' then headers['Accept-Encoding'] = 'gzip' end
  if call == 'put' then
    headers['Content-Type'] = 'application/json'
    return wrk.format('PUT', '/v1/cache/bench/' .. name, headers, value)
  end
  return wrk.format('GET', '/v1/cache/bench/' .. name, headers)
end
function done(summary, latency)
  io.write(string.format('RESULT %d %.0f %.0f %.0f %d %d\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
