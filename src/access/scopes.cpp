#include "access/scopes.hpp"

#include <algorithm>
#include <array>

namespace orderflow::access {
namespace {

using http::Access;

constexpr std::array every{Access::orders_read, Access::orders_write, Access::events_read,
                           Access::metrics_read, Access::admin};

}  // namespace

std::optional<Access> Scopes::from_name(std::string_view name) noexcept {
  const auto found = std::ranges::find(every, name, &http::scope_of);
  if (found == every.end()) return std::nullopt;
  return *found;
}

std::vector<std::string> Scopes::all_names() {
  std::vector<std::string> names;
  for (const Access scope : every)
    names.emplace_back(http::scope_of(scope));
  return names;
}

Scopes Scopes::from_text(std::string_view text) noexcept {
  Scopes scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (const auto scope = from_name(text.substr(0, end))) scopes.add(*scope);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

std::vector<std::string> Scopes::names() const {
  std::vector<std::string> names;
  for (const Access scope : every) {
    if (allow(scope)) names.emplace_back(http::scope_of(scope));
  }
  return names;
}

std::string Scopes::text() const {
  std::string text;
  for (const std::string& name : names())
    text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace orderflow::access
