#include "card/card_id.hpp"

#include <algorithm>

namespace orderflow::billing {
namespace {

bool is_of_a_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

std::optional<CardId> CardId::parse(std::string_view text) {
  if (text.empty() || text.size() > length_max) return std::nullopt;
  if (!std::ranges::all_of(text, is_of_a_name)) return std::nullopt;
  return CardId(text);
}

std::string path_of(std::string_view collection, const CardId& id, std::string_view action) {
  std::string path(collection);
  path += '/';
  path += id.text();
  if (!action.empty()) {
    path += '/';
    path += action;
  }
  return path;
}

}  // namespace orderflow::billing
