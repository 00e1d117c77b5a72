#pragma once

#include "http/routing/router.hpp"
#include "telemetry/histogram.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orderflow::http {

/// How long the requests of one route took, and how they were answered.
struct RouteMetrics {
  RouteMetrics(std::string_view its_method, std::string_view its_pattern)
      : method(its_method), pattern(its_pattern) {}

  const std::string method;
  const std::string pattern;
  telemetry::Histogram micros{};
  std::array<std::atomic<std::uint64_t>, 5> answers{};  ///< with 1xx, 2xx, 3xx, 4xx, 5xx
};

/// The metrics of every route of a server, and of what found no route. The routes are known before
/// the first request, so that no request can add to what is kept. Safe from any thread but `add`.
class RequestTimes {
 public:
  RequestTimes();

  /// From now on the requests of these routes are kept apart. The server that is to serve them adds
  /// them, before it starts.
  void add(const Router& router);

  /// Counts an answered request; `pattern` is empty where it found no route.
  void count(Method method, std::string_view pattern, unsigned status, std::uint64_t micros);

  const std::vector<std::unique_ptr<RouteMetrics>>& routes() const noexcept { return routes_; }

 private:
  RouteMetrics& metrics_of(Method method, std::string_view pattern);

  std::vector<std::unique_ptr<RouteMetrics>> routes_;  ///< the first one: no route
  std::array<std::unordered_map<std::string_view, RouteMetrics*>, 6> by_method_;
};

}  // namespace orderflow::http
