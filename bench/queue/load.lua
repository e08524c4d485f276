-- Arguments after "--": call (enqueue, work), jobs per call, API key, queue, data of a job.
-- work: each call completes the jobs that an earlier answer brought, and takes as many new ones.
local call, size, queue = nil, nil, nil
local enqueue, reserve
local held, first, last = {}, 1, 0
jobs, wrong = 0, 0
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args)
  call, size, queue = args[1], tonumber(args[2]), '/v1/queues/' .. args[4]
  wrk.headers['Authorization'] = 'Bearer ' .. args[3]
  wrk.headers['Content-Type'] = 'application/json'
  local job = '{"type":"bench","data":' .. args[5] .. '}'
  if size > 1 then job = '{"jobs":[' .. string.rep(job, size, ',') .. ']}' end
  enqueue = wrk.format('POST', queue .. '/jobs', nil, job)
  reserve = wrk.format('POST', queue .. '/reserve', nil, '{"max":' .. size .. ',"lease":"10m"}')
end
function request()
  if call == 'enqueue' then return enqueue end
  local results = held[first]
  if not results then return reserve end
  held[first] = nil
  first = first + 1
  return wrk.format('POST', queue .. '/complete', nil,
    '{"results":[' .. results .. '],"reserve":{"max":' .. size .. ',"lease":"10m"}}')
end
-- How often a word is there, up to a place; plain searches, for patterns would cost the load generator more than a job costs the
-- service. Nor does what is looked for begin with a quote: there are many.
local function count(body, word, most)
  local n, from, to = 0, nil, 0
  while true do
    from, to = string.find(body, word, to + 1, true)
    if not from or from > most then return n end
    n = n + 1
  end
end
-- The value behind the end of a member's name, and where it ends.
local function value(body, name, at)
  local _, from = string.find(body, name, at, true)
  if not from then return end
  local to = string.find(body, '"', from + 1, true)
  return string.sub(body, from + 1, to - 1), to
end
function response(status, headers, body)
  if call == 'enqueue' then
    local n = count(body, ':"waiting"', #body)
    jobs = jobs + n
    if n ~= size then wrong = wrong + 1 end
    return
  end
  local results, id, token = {}, nil, nil
  local at = string.find(body, '"jobs":[', 1, true) or #body
  local n = count(body, ':"completed"', at)
  jobs = jobs + n
  while true do
    id, at = value(body, '{"id":"', at)
    if not id then break end
    token, at = value(body, 'Token":"', at)
    results[#results + 1] = '{"id":"' .. id .. '","leaseToken":"' .. token .. '"}'
  end
  -- Jobs ran out, or an answer under a lease was not taken.
  if #results ~= size or n ~= size and n ~= 0 then wrong = wrong + 1 end
  if #results > 0 then
    last = last + 1
    held[last] = table.concat(results, ',')
  end
end
function done(summary)
  local n, bad = 0, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  for _, thread in ipairs(threads) do
    n, bad = n + thread:get('jobs'), bad + thread:get('wrong')
  end
  io.write(string.format('RESULT %d %.0f %d\n', n, summary.duration, bad))
end
