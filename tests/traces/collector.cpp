#include "collector.hpp"

#include "acceptance/support/node.hpp"
#include "support/http_client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string_view>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string wait_for_url(Process& process) {
  constexpr std::string_view ready = "listening on ";
  const auto line = process.wait_for_line(ready, 60s);
  if (!line) throw std::runtime_error("the collector did not start: " + process.errors());
  return line->substr(line->find(ready) + ready.size());
}

}  // namespace

Collector::Collector(std::uint16_t port)
    : process_({.executable = "/usr/bin/python3",
                .arguments = {"-B", ORDERFLOW_TRACE_COLLECTOR, "--port", std::to_string(port)}}),
      url_(wait_for_url(process_)) {}

std::uint16_t Collector::port() const noexcept {
  return static_cast<std::uint16_t>(std::stoul(url_.substr(url_.rfind(':') + 1)));
}

json Collector::spans() {
  return HttpClient(port()).get("/spans").json();
}

json Collector::requests() {
  return HttpClient(port()).get("/requests").json();
}

json Collector::wait_for(const std::string& what, const std::function<bool(const json&)>& is_so) {
  json found;
  wait_until(what, [&] {
    found = spans();
    return is_so(found);
  });
  return found;
}

json Collector::wait_for(std::size_t count) {
  return wait_for(std::to_string(count) + " spans",
                  [&](const json& found) { return found.size() >= count; });
}

void Collector::behave(const json& wanted) {
  if (HttpClient(port()).post("/behaviour", wanted).status != 200)
    throw std::runtime_error("the collector does not do as it is asked");
}

void Collector::check_sound() {
  CHECK(HttpClient(port()).get("/faults").json() == json::array());
}

}  // namespace orderflow::test
