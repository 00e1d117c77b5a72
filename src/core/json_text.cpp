#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderflow::core {
namespace {

constexpr bool stands_for_itself(char c) noexcept {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

}  // namespace

void JsonText::append_string(std::string_view value) {
  if (!std::ranges::all_of(value, stands_for_itself)) {
    text_ += nlohmann::json(value).dump();
    return;
  }
  text_ += '"';
  text_ += value;
  text_ += '"';
}

void JsonText::append_number(double value) {
  text_ += nlohmann::json(value).dump();
}

}  // namespace orderflow::core
