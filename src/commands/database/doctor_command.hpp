#pragma once

#include "cli/command_group.hpp"

#include <string>

namespace orderflow::commands {

/// `orderflow doctor FILE`: checks a database.
class DoctorCommand final : public cli::CommandGroup {
 public:
  explicit DoctorCommand(CLI::App& app);

 private:
  int run_doctor() const;

  std::string path_;
  bool whole_ = false;
  bool json_ = false;
};

}  // namespace orderflow::commands
