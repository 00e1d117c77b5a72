#pragma once

#include "cli/app_name.hpp"
#include "cli/node_client.hpp"

#include <string>

namespace orderflow::app {

/// The flags by which a command finds a running node and shows it a key. One object may serve
/// several commands, of which one is chosen.
class NodeAccess {
 public:
  /// Adds `--url`, `--key-file`, `--ca`, `--config` and `--json`.
  void add_to(CLI::App& command);

  bool json() const noexcept { return json_; }

  /// `--url`, else ORDERFLOW_URL, else what the settings say; the key of `--key-file`, else
  /// ORDERFLOW_API_KEY. Throws `cli::WrongUse`.
  cli::NodeAddress address() const;

  /// The same for a node whose URL is known already.
  cli::NodeAddress address_at(std::string url) const;

  /// Whether a flag or the environment names a node.
  bool names_node() const;

  /// The settings file that was named; may be empty.
  const std::string& settings_file() const noexcept { return config_; }

  cli::NodeClient client() const { return cli::NodeClient(address()); }

 private:
  std::string url_;
  std::string key_file_;
  std::string certificates_file_;
  std::string config_;
  bool json_ = false;
};

}  // namespace orderflow::app
