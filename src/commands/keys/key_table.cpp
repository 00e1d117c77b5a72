#include "commands/keys/key_table.hpp"

#include "cli/terminal/table.hpp"

#include <unistd.h>
#include <algorithm>

namespace orderflow::commands {
namespace {

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
  cli::Table table({{.title = "ID", .columns_min = 16},
                    {.title = "NAME"},
                    {.title = "STATE", .columns_min = 7},
                    {.title = "EXPIRES (UTC)", .columns_min = 16},
                    {.title = "LAST USED (UTC)", .columns_min = 16},
                    {.title = "SCOPES"}});
  for (const auto& key : document.at("keys")) {
    const std::string state = key.at("state");
    table.add({key.at("id").get<std::string>(),
               key.at("name").get<std::string>(),
               {state, state == "valid" ? cli::Tone::good : cli::Tone::faint},
               minute_of(key.at("expiresAt"), "never"),
               minute_of(key.at("lastUsedAt"), "-"),
               joined(key.at("scopes"))});
  }
  return table.empty() ? "There are no keys.\n" : table.to_text(cli::terminal_of(STDOUT_FILENO));
}

std::string new_key_text(const nlohmann::json& key) {
  return "Key " + key.at("id").get<std::string>() + ", " + key.at("name").get<std::string>() +
         ", may " + joined(key.at("scopes")) +
         ", expires: " + minute_of(key.at("expiresAt"), "never") + "\n\n  " +
         key.at("key").get<std::string>() +
         "\n\nIt is shown once and kept nowhere. Send it as Authorization: Bearer <key>.\n"
         "Now that there is a key, the node refuses requests without one.\n";
}

}  // namespace orderflow::commands
