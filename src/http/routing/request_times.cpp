#include "http/routing/request_times.hpp"

#include <algorithm>

namespace orderflow::http {

RequestTimes::RequestTimes() {
  routes_.push_back(std::make_unique<RouteMetrics>("any", "none"));
}

void RequestTimes::add(const Router& router) {
  for (const Router::Route& route : router.routes()) {
    RouteMetrics& metrics = *routes_.emplace_back(
        std::make_unique<RouteMetrics>(to_string(route.method), route.pattern));
    by_method_[static_cast<std::size_t>(route.method)].emplace(metrics.pattern, &metrics);
  }
}

RouteMetrics& RequestTimes::metrics_of(Method method, std::string_view pattern) {
  if (pattern.empty()) return *routes_.front();
  if (method == Method::head) method = Method::get;
  const auto& of_method = by_method_[static_cast<std::size_t>(method)];
  const auto found = of_method.find(pattern);
  return found == of_method.end() ? *routes_.front() : *found->second;
}

void RequestTimes::count(Method method, std::string_view pattern, unsigned status,
                         std::uint64_t micros) {
  RouteMetrics& metrics = metrics_of(method, pattern);
  metrics.micros.observe(micros);
  const std::size_t group = std::clamp(status / 100, 1U, 5U) - 1;
  metrics.answers[group].fetch_add(1, std::memory_order_relaxed);
}

}  // namespace orderflow::http
