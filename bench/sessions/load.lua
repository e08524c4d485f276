-- Arguments after "--": side (bare or millrace), call (create, current, rotate), API key, file with a token a line.
local side, call, key, tokens = nil, nil, nil, {}
local first, last, n = 1, 0, 0
function init(args)
  side, call, key = args[1], args[2], args[3]
  if args[4] then for line in io.lines(args[4]) do last = last + 1; tokens[last] = line end end
  n = math.random(1000)
  -- Only where it is needed, for it costs: each exchange needs the token that the one before gave.
  if side == 'millrace' and call == 'rotate' then response = exchanged end
end
function request()
  n = n % 1000 + 1
  if side == 'bare' then return wrk.format('GET', '/' .. call .. '/' .. n - 1) end
  local headers = { Authorization = 'Bearer ' .. key }
  if call == 'current' then
    headers['Session-Token'] = tokens[n]
    return wrk.format('GET', '/v1/sessions/current', headers)
  end
  headers['Content-Type'] = 'application/json'
  if call == 'create' then
    return wrk.format('POST', '/v1/sessions', headers, '{"userId":"user-' .. n ..
      '","data":{"theme":"dark","cart":[1,2,3],"locale":"de-DE","name":"A user of this service"}}')
  end
  local token = tokens[first]
  tokens[first] = nil
  first = first + 1
  return wrk.format('POST', '/v1/tokens/rotate', headers, '{"refreshToken":"' .. token .. '"}')
end
function exchanged(status, headers, body)
  last = last + 1
  tokens[last] = string.match(body, '"refreshToken":"([^"]*)')
end
function done(summary, latency)
  io.write(string.format('RESULT %d %.0f %.0f %.0f %d %d\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
