#pragma once

#include "cli/command_group.hpp"

namespace orderflow::commands {

/// `orderflow completion bash`: a script that completes commands and flags.
class CompletionCommands final : public cli::CommandGroup {
 public:
  /// Everything that `app` has when the command runs is in it.
  explicit CompletionCommands(CLI::App& app);
};

/// `orderflow man`: the manual page.
class ManCommand final : public cli::CommandGroup {
 public:
  explicit ManCommand(CLI::App& app);
};

}  // namespace orderflow::commands
