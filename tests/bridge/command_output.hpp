#pragma once

#include "acceptance/support/node.hpp"
#include "support/process.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::test {

/// What a run of the executable has printed.
struct CommandOutput {
  int code;
  std::string output;
  std::string errors;
};

/// Runs `orderflow` with `arguments` to its end.
inline CommandOutput run_orderflow(std::vector<std::string> arguments,
                                   const Settings& settings = {}) {
  Process process({.executable = serve_command("").executable,
                   .arguments = std::move(arguments),
                   .environment = settings,
                   .withheld_prefix = "ORDERFLOW_"});
  const auto exit = process.wait(std::chrono::minutes(2));
  if (!exit || exit->signal != 0) throw std::runtime_error("did not end: " + process.errors());
  return {exit->code, process.output(), process.errors()};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace orderflow::test
