#pragma once

#include "access/scope_catalog.hpp"
#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"
#include "commands/config/settings_flags.hpp"
#include "key_admin/key_administration.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::commands {

/// `orderflow keys create|list|revoke|rotate`: the API keys of a node, running or not.
class KeysCommand final : public cli::CommandGroup {
 public:
  explicit KeysCommand(CLI::App& app);

 private:
  CLI::App& add_action(const char* name, const char* help, int (KeysCommand::*action)() const);
  std::unique_ptr<key_admin::KeyAdministration> administration(bool make = false) const;
  int create() const;
  int list() const;
  int revoke() const;
  int rotate() const;

  const access::ScopeCatalog catalog_;
  NodeAccess access_;
  SettingsFlags flags_;
  std::string name_;
  std::vector<std::string> scopes_;
  std::string expires_;
  std::string overlap_ = "24h";
  std::string id_;
};

}  // namespace orderflow::commands
