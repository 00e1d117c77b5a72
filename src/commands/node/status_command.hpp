#pragma once

#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"

namespace orderflow::commands {

/// `orderflow status`: the state of a running node.
class StatusCommand final : public cli::CommandGroup {
 public:
  explicit StatusCommand(CLI::App& app);

 private:
  int show() const;
  int print_alive() const;

  NodeAccess access_;
  bool alive_ = false;
};

}  // namespace orderflow::commands
