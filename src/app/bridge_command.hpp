#pragma once

#include "config/document.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace orderflow::app {

struct Settings;

/// `orderflow bridge check` and `orderflow bridge requeue MODULE`.
class BridgeCommand {
 public:
  /// Adds itself to `app`, which must not outlive it.
  explicit BridgeCommand(CLI::App& app);

  bool chosen() const { return command_.parsed(); }
  /// The exit code.
  int run() const;

 private:
  void add_settings(CLI::App& command);
  int check(const Settings& settings) const;
  int requeue(const Settings& settings) const;

  CLI::App& command_;
  CLI::App& check_;
  CLI::App& requeue_;
  std::string config_;
  std::vector<config::Override> overrides_;
  bool json_ = false;
  std::string module_;
  std::size_t limit_ = 1000;
};

}  // namespace orderflow::app
