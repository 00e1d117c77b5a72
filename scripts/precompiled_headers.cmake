# What most sources include, compiled once for all targets of ours: the standard library, JSON and the
# parts of Asio that interfaces use. Nothing of our own is in it, so that a change of ours never
# makes it stale. Sources include what they use all the same.
set(PRECOMPILED_HEADERS
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <deque> <filesystem> <fstream>
  <functional> <map> <memory> <mutex> <optional> <random> <set> <span> <sstream> <stdexcept> <string>
  <string_view> <thread> <unordered_map> <utility> <variant> <vector>
  <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/detached.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp>
  <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
  <boost/system/result.hpp> <nlohmann/json.hpp>)

function(orderflow_precompile_headers name)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${name}.cpp CONTENT "" @ONLY)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
  target_link_libraries(${name} PRIVATE orderflow_build)
  target_precompile_headers(${name} PRIVATE ${PRECOMPILED_HEADERS} ${ARGN})
endfunction()

orderflow_precompile_headers(orderflow_headers)
