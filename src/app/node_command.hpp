#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::app {

/// `orderflow node rename DATA --to NAME`.
class NodeCommand {
 public:
  /// Adds itself to `app`, which must not outlive it.
  explicit NodeCommand(CLI::App& app);

  bool chosen() const { return command_.parsed(); }
  /// Tells what it did; the exit code.
  int run() const;

 private:
  CLI::App& command_;
  std::string folder_;
  std::string name_;
};

}  // namespace orderflow::app
