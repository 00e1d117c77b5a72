#include "access/scopes.hpp"

#include <algorithm>

namespace orderflow::access {

Scopes Scopes::from_text(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) scopes.add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

void Scopes::add(std::string_view name) {
  if (!contains(name)) names_.emplace_back(name);
}

bool Scopes::contains(std::string_view name) const noexcept {
  return std::ranges::find(names_, name) != names_.end();
}

std::string Scopes::text() const {
  std::string text;
  for (const std::string& name : names_)
    text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace orderflow::access
