#include "core/json_string.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderflow::core {

bool is_plain_json_string(std::string_view value) noexcept {
  return std::ranges::all_of(value,
                             [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void append_json_string(std::string& text, std::string_view value) {
  if (!is_plain_json_string(value)) {
    text += nlohmann::json(value).dump();
    return;
  }
  text += '"';
  text += value;
  text += '"';
}

}  // namespace orderflow::core
