#include "telemetry/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>

namespace orderflow::telemetry {

prometheus::ClientMetric& Exposition::add(const std::string& name, std::string_view help,
                                          prometheus::MetricType type, Labels labels) {
  prometheus::MetricFamily& family = families_[name];
  if (family.metric.empty()) {
    family.name = name;
    family.help = help;
    family.type = type;
  }
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  for (auto& [label, value] : labels)
    metric.label.push_back({std::move(label), std::move(value)});
  return metric;
}

void Exposition::counter(const std::string& name, std::string_view help, double value,
                         Labels labels) {
  add(name, help, prometheus::MetricType::Counter, std::move(labels)).counter.value = value;
}

void Exposition::gauge(const std::string& name, std::string_view help, double value,
                       Labels labels) {
  add(name, help, prometheus::MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void Exposition::histogram(const std::string& name, std::string_view help,
                           const Histogram::Snapshot& values, double units, Labels labels) {
  auto& exported = add(name, help, prometheus::MetricType::Histogram, std::move(labels)).histogram;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < values.bounds.size(); ++i) {
    count += values.counts[i];
    exported.bucket.push_back({count, static_cast<double>(values.bounds[i]) / units});
  }
  count += values.counts[values.bounds.size()];
  exported.bucket.push_back({count, std::numeric_limits<double>::infinity()});
  exported.sample_count = count;
  exported.sample_sum = static_cast<double>(values.sum) / units;
}

std::string Exposition::text() const {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(families_.size());
  for (const auto& [name, family] : families_)
    families.push_back(family);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace orderflow::telemetry
