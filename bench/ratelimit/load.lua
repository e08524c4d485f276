-- 1,000 identifiers in turn, under the policy given after "--".
local policy, token
local n = 0
function init(args)
  policy, token = args[1], args[2]
  n = math.random(1000)
end
function request()
  n = n % 1000 + 1
  return wrk.format('POST', '/v1/ratelimit/' .. policy .. '/user-' .. n, token and { Authorization = 'Bearer ' .. token } or nil)
end
function done(summary, latency)
  io.write(string.format('RESULT %d %.0f %.0f %.0f %d %d\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
