#include "trace.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderflow::test {

using nlohmann::json;

Trace::Trace(const json& all, const std::string& trace_id) {
  for (const json& span : all) {
    if (span.at("traceId") == trace_id) spans_.push_back(span);
  }
}

std::vector<json> Trace::named(const std::string& name) const {
  std::vector<json> found;
  std::ranges::copy_if(spans_, std::back_inserter(found),
                       [&](const json& span) { return span.at("name") == name; });
  return found;
}

json Trace::the(const std::string& name) const {
  const auto found = named(name);
  if (found.size() != 1)
    throw std::runtime_error(std::to_string(found.size()) + " spans are named " + name);
  return found.front();
}

std::string Trace::path(const json& span) const {
  const std::string name = span.at("name");
  if (!span.contains("parentSpanId")) return name;
  const auto parent = std::ranges::find_if(
      spans_, [&](const json& one) { return one.at("spanId") == span.at("parentSpanId"); });
  return (parent == spans_.end() ? "?" : path(*parent)) + " > " + name;
}

std::string attribute(const json& span, const std::string& name) {
  for (const json& one : span.at("attributes")) {
    if (one.at("key") == name) return one.at("value").begin().value().get<std::string>();
  }
  return {};
}

}  // namespace orderflow::test
