#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::app {

/// `orderflow doctor FILE`: checks a database.
class DoctorCommand {
 public:
  /// Adds itself to `app`, which must not outlive it.
  explicit DoctorCommand(CLI::App& app);

  bool chosen() const { return command_.parsed(); }
  /// Prints what was found; the exit code.
  int run() const;

 private:
  CLI::App& command_;
  std::string path_;
  bool json_ = false;
};

}  // namespace orderflow::app
