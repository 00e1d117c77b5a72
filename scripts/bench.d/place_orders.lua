-- Places orders of many users, made up in advance from a seed so that making them costs little
-- while it measures; each has an idempotency key of its own. At the end it prints one line of
-- name=value pairs.
--
--   wrk -s place_orders.lua http://127.0.0.1:8080 -- SEED [RUN [WAIT [KEY]]]
--
-- RUN makes the idempotency keys of this run differ from those of others. Each answer is held for up
-- to WAIT seconds until its order is final; 0 holds none. KEY is an API key.

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

local function headers_of(arguments)
  local headers = { ["Content-Type"] = "application/json", ["Idempotency-Key"] = "#" }
  local wait = tonumber(arguments[3] or 0)
  if wait > 0 then headers["Prefer"] = "wait=" .. wait end
  if (arguments[4] or "") ~= "" then headers["Authorization"] = "Bearer " .. arguments[4] end
  return headers
end

function init(arguments)
  math.randomseed(tonumber(arguments[1]) * 1000 + number)
  prefix = (arguments[2] or "run") .. "-" .. number .. "-"
  local headers = headers_of(arguments)
  befores, afters = {}, {}
  for i = 1, bodies_made do
    local user = math.random(1, 50000)
    local body = string.format(
      '{"userId":"user-%d","email":"user-%d@example.com","currency":"EUR","items":[%s]}',
      user, user, items(math.random))
    local text = wrk.format("POST", "/v1/orders", headers, body)
    local at = text:find("#", 1, true)
    befores[i], afters[i] = text:sub(1, at - 1) .. prefix, text:sub(at + 1)
  end
  placed = 0
end

function request()
  local following = placed % bodies_made + 1
  placed = placed + 1
  return befores[following] .. placed .. afters[following]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "measured accepted=%d refused=%d broken=%d duration_us=%d p50_us=%d p99_us=%d\n",
    summary.requests - errors.status, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
