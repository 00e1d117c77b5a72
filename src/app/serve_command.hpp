#pragma once

#include "config/document.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace orderflow::app {

/// `orderflow serve`: runs a node.
class ServeCommand {
 public:
  /// Adds itself to `app`, which must not outlive it.
  explicit ServeCommand(CLI::App& app);

  bool chosen() const { return command_.parsed(); }
  /// The exit code. Throws what `serve` throws.
  int run() const;

 private:
  void add_override(const std::string& flag, const std::string& path, const std::string& help);

  CLI::App& command_;
  std::string config_;
  std::vector<config::Override> overrides_;
};

}  // namespace orderflow::app
