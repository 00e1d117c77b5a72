#include "config/problem.hpp"

#include "core/secret_text.hpp"

#include <utility>

namespace orderflow::config {
namespace {

std::string lines_of(const std::vector<Problem>& problems) {
  std::string lines;
  for (const Problem& problem : problems) {
    if (!lines.empty()) lines += '\n';
    lines += problem.to_line();
  }
  return lines;
}

bool continues_a_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

}  // namespace

std::string Problem::to_line() const {
  return core::with_keys_masked(key.empty() ? where + ": " + detail
                                            : where + ": " + key + ": " + detail);
}

Invalid::Invalid(std::vector<Problem> problems)
    : std::runtime_error(lines_of(problems)), problems_(std::move(problems)) {}

nlohmann::json without_secrets(nlohmann::json value) {
  if (value.is_string()) return core::with_secrets_masked(value.get_ref<const std::string&>());
  if (value.is_structured()) {
    for (nlohmann::json& item : value)
      item = without_secrets(std::move(item));
  }
  return value;
}

std::string shown(const nlohmann::json& value) {
  constexpr std::size_t longest = 80;
  std::string text =
      without_secrets(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && continues_a_character(text[end]))
    --end;
  text.resize(end);
  return text + "...";
}

}  // namespace orderflow::config
