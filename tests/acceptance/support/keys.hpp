#pragma once

#include "acceptance/support/node.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace orderflow::test {

/// What a command has printed and how it ended.
struct CommandRun {
  int code;
  std::string output;
  std::string errors;

  nlohmann::json json() const { return nlohmann::json::parse(output); }
};

/// Runs `orderflow keys …` on the data folder `data`, with `key` in ORDERFLOW_API_KEY where it is
/// not empty.
CommandRun keys_command(const std::filesystem::path& data, std::vector<std::string> arguments,
                        const std::string& key = {});

/// Makes a key, which must succeed; its JSON, with `key` the text.
nlohmann::json make_key(const std::filesystem::path& data, const std::string& name,
                        const std::vector<std::string>& scopes, const std::string& key = {},
                        const std::string& expires = {});

/// The header that a key is sent in; none for an empty one.
HttpHeaders bearer(const std::string& key);

}  // namespace orderflow::test
