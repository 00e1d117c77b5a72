-- Reads orders by identifiers from a file, one a line, in an order that the seed decides. At the end
-- it prints one line of name=value pairs.
--
--   wrk -s read_orders.lua http://127.0.0.1:8080 -- SEED FILE order|page [KEY]

local paths = { order = "/v1/orders/%s", page = "/v1/orders?limit=20&after=%s" }

function init(arguments)
  math.randomseed(tonumber(arguments[1]))
  local headers = {}
  if (arguments[4] or "") ~= "" then headers["Authorization"] = "Bearer " .. arguments[4] end
  requests = {}
  for id in io.lines(arguments[2]) do
    requests[#requests + 1] = wrk.format("GET", paths[arguments[3]]:format(id), headers)
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "measured accepted=%d refused=%d broken=%d duration_us=%d p50_us=%d p99_us=%d\n",
    summary.requests - errors.status, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
