#pragma once

#include "cli/command_group.hpp"

#include <string>

namespace orderflow::commands {

/// `orderflow node rename DATA --to NAME`.
class NodeCommand final : public cli::CommandGroup {
 public:
  explicit NodeCommand(CLI::App& app);

 private:
  int rename() const;

  std::string folder_;
  std::string name_;
  bool json_ = false;
};

}  // namespace orderflow::commands
