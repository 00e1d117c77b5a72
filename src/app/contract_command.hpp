#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::app {

/// `orderflow openapi` and `orderflow asyncapi`: print a contract of the whole program.
class ContractCommand {
 public:
  /// Adds both to `app`, which must not outlive it.
  explicit ContractCommand(CLI::App& app);

  bool chosen() const { return openapi_.parsed() || asyncapi_.parsed(); }
  /// The exit code.
  int run() const;

 private:
  CLI::App& openapi_;
  CLI::App& asyncapi_;
};

}  // namespace orderflow::app
