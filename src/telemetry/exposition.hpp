#pragma once

#include "telemetry/histogram.hpp"

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::telemetry {

/// Names and values; the values of a name must be bounded in number.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// A count as the value of a metric.
template <class Number>
constexpr double number(Number value) noexcept {
  return static_cast<double>(value);
}

/// The metrics of one scrape, gathered one by one and then written in Prometheus' text format.
/// Names follow prometheus.io/docs/practices/naming: base units, counters end in _total.
class Exposition {
 public:
  void counter(const std::string& name, std::string_view help, double value, Labels labels = {});
  void gauge(const std::string& name, std::string_view help, double value, Labels labels = {});

  /// `units` of the histogram make one of the name: 1e6 for microseconds reported in seconds.
  void histogram(const std::string& name, std::string_view help, const Histogram::Snapshot& values,
                 double units, Labels labels = {});

  /// Text format 0.0.4; `content_type` goes with it.
  std::string text() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  prometheus::ClientMetric& add(const std::string& name, std::string_view help,
                                prometheus::MetricType type, Labels labels);

  std::map<std::string, prometheus::MetricFamily> families_;
};

}  // namespace orderflow::telemetry
