-- Places orders of many users, made up in advance from a seed so that making them costs nothing
-- while it measures. At the end it prints one line of name=value pairs.
--
--   wrk -s place_orders.lua http://127.0.0.1:8080 -- SEED

local bodies_made = 20000
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local function items(random)
  local lines = {}
  for i = 1, random(1, 3) do
    lines[i] = string.format('{"productId":"product-%d","name":"Product","quantity":%d,"price":%d}',
                             random(1, 5000), random(1, 5), random(100, 20000))
  end
  return table.concat(lines, ",")
end

function init(arguments)
  math.randomseed(tonumber(arguments[1]) * 1000 + number)
  local headers = { ["Content-Type"] = "application/json" }
  requests = {}
  for i = 1, bodies_made do
    local user = math.random(1, 50000)
    local body = string.format(
      '{"userId":"user-%d","email":"user-%d@example.com","currency":"EUR","items":[%s]}',
      user, user, items(math.random))
    requests[i] = wrk.format("POST", "/v1/orders", headers, body)
  end
  following = 0
end

function request()
  following = following % bodies_made + 1
  return requests[following]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "measured accepted=%d refused=%d broken=%d duration_us=%d p50_us=%d p99_us=%d\n",
    summary.requests - errors.status, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
