#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::app {

/// `orderflow openapi`: prints a contract of the whole program.
class ContractCommand {
 public:
  /// Adds itself to `app`, which must not outlive it.
  explicit ContractCommand(CLI::App& app);

  bool chosen() const { return openapi_.parsed(); }
  /// The exit code.
  int run() const;

 private:
  CLI::App& openapi_;
};

}  // namespace orderflow::app
