#pragma once

#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"

#include <string>

namespace orderflow::commands {

/// `orderflow subscriptions list|pause|resume|rebuild|forget`.
class SubscriptionsCommands final : public cli::CommandGroup {
 public:
  explicit SubscriptionsCommands(CLI::App& app);

 private:
  CLI::App& add_for_one(const std::string& name, const std::string& description,
                        std::function<int()> action);
  int list() const;
  int set_paused(const std::string& verb) const;
  int rebuild() const;
  int forget() const;

  NodeAccess access_;
  std::string name_;
  bool no_wait_ = false;
};

}  // namespace orderflow::commands
