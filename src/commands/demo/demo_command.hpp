#pragma once

#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"

#include <cstdint>
#include <string>

namespace orderflow::commands {

/// `orderflow demo`: places traffic on a running node and shows the outcomes.
class DemoCommand final : public cli::CommandGroup {
 public:
  explicit DemoCommand(CLI::App& app);

 private:
  int run_demo() const;

  NodeAccess access_;
  std::uint64_t count_ = 0;
  double seconds_ = 0;
  double rate_ = 8;
  double settle_seconds_ = 60;
  std::uint64_t seed_ = 1;
};

}  // namespace orderflow::commands
