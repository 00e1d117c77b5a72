-- Places orders at a rate: `wrk -t1 -c64 -s flood.lua URL -- RATE`. Prints how many a second were accepted.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, micros; } timeval; int gettimeofday(timeval *now, void *zone);")

local now = ffi.new("timeval")
local function seconds()
  ffi.C.gettimeofday(now, nil)
  return tonumber(now.seconds) + tonumber(now.micros) / 1e6
end

function init(arguments)
  rate = tonumber(arguments[1])
  placed = 0
end

-- In milliseconds: until it is the next order's turn.
function delay()
  began = began or seconds()
  placed = placed + 1
  return math.max(0, math.floor((began + placed / rate - seconds()) * 1000))
end

function request()
  local body = string.format(
    '{"userId":"user-%d","currency":"EUR","items":[{"productId":"book-1","quantity":1,"price":1999}]}', placed % 5000)
  return wrk.format("POST", "/v1/orders", { ["Content-Type"] = "application/json" }, body)
end

function done(summary)
  local taken = summary.requests - summary.errors.status
  io.write(string.format("accepted=%.0f\n", taken / (summary.duration / 1e6)))
end
