#pragma once

#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"

namespace orderflow::commands {

/// `orderflow backup`: makes a backup of a running node, or lists the existing ones.
class BackupCommand final : public cli::CommandGroup {
 public:
  explicit BackupCommand(CLI::App& app);

 private:
  int make() const;
  int list() const;

  NodeAccess access_;
  bool list_ = false;
};

}  // namespace orderflow::commands
