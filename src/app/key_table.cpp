#include "key_table.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace orderflow::app {
namespace {

constexpr std::size_t columns = 6;
using Line = std::array<std::string, columns>;

/// Date and minute of an RFC 3339 time.
std::string minute_of(const nlohmann::json& time, const char* without) {
  if (!time.is_string()) return without;
  std::string text = time.get<std::string>().substr(0, 16);
  std::ranges::replace(text, 'T', ' ');
  return text;
}

std::string joined(const nlohmann::json& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : " ") + name.get<std::string>();
  return text;
}

}  // namespace

std::string key_table(const nlohmann::json& document) {
  std::vector<Line> lines{{"ID", "NAME", "STATE", "EXPIRES (UTC)", "LAST USED (UTC)", "SCOPES"}};
  for (const auto& key : document.at("keys")) {
    lines.push_back({key.at("id"), key.at("name"), key.at("state"),
                     minute_of(key.at("expiresAt"), "never"), minute_of(key.at("lastUsedAt"), "-"),
                     joined(key.at("scopes"))});
  }
  if (lines.size() == 1) return "There are no keys.\n";
  std::array<std::size_t, columns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i + 1 < columns; ++i)
      text += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
    text += line.back() + "\n";
  }
  return text;
}

std::string new_key_text(const nlohmann::json& key) {
  return "Key " + key.at("id").get<std::string>() + ", " + key.at("name").get<std::string>() +
         ", may " + joined(key.at("scopes")) +
         ", expires: " + minute_of(key.at("expiresAt"), "never") + "\n\n  " +
         key.at("key").get<std::string>() +
         "\n\nIt is shown this once and kept nowhere. Send it as Authorization: Bearer <key>.\n"
         "With a key there, the node answers nobody without one.\n";
}

}  // namespace orderflow::app
