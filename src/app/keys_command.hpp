#pragma once

#include "config/document.hpp"
#include "key_keeper.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::app {

/// `orderflow keys create|list|revoke|rotate`: the API keys of a node, running or not.
class KeysCommand {
 public:
  /// Adds itself to `app`, which must not outlive it.
  explicit KeysCommand(CLI::App& app);

  bool chosen() const { return command_.parsed(); }
  /// Prints what was done; the exit code.
  int run() const;

 private:
  CLI::App& add(const char* name, const char* help);
  /// The lengths of time that were asked for.
  struct Times {
    std::optional<std::chrono::seconds> lifetime;
    std::chrono::seconds overlap;
  };
  Times check_use() const;
  std::filesystem::path data_folder() const;
  std::unique_ptr<KeyKeeper> keeper() const;
  nlohmann::json carry_out(KeyKeeper& keeper, const Times& times) const;

  CLI::App& command_;
  CLI::App& create_;
  CLI::App& list_;
  CLI::App& revoke_;
  CLI::App& rotate_;
  std::string config_;
  std::vector<config::Override> overrides_;
  std::string url_;
  std::string certificates_file_;
  bool json_ = false;
  std::string name_;
  std::vector<std::string> scopes_;
  std::string expires_;
  std::string overlap_ = "24h";
  std::string id_;
};

}  // namespace orderflow::app
