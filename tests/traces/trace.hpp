#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace orderflow::test {

/// The spans of one trace, as a collector keeps them.
class Trace {
 public:
  Trace(const nlohmann::json& all, const std::string& trace_id);

  const std::vector<nlohmann::json>& spans() const noexcept { return spans_; }
  /// Those of a name.
  std::vector<nlohmann::json> named(const std::string& name) const;
  bool has(const std::string& name) const { return !named(name).empty(); }
  /// The only one of a name. Throws where there are none or several.
  nlohmann::json the(const std::string& name) const;
  /// The names from the root down to the span, with " > " between; "?" where a parent is missing.
  std::string path(const nlohmann::json& span) const;
  std::string path(const std::string& name) const { return path(the(name)); }

 private:
  std::vector<nlohmann::json> spans_;
};

/// The value of an attribute as a text; empty where the span has none.
std::string attribute(const nlohmann::json& span, const std::string& name);

}  // namespace orderflow::test
