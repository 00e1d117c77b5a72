#pragma once

#include "cli/app_name.hpp"
#include "cli/node_client.hpp"

#include <string>

namespace orderflow::commands {

/// The flags by which a command finds a running node and sends it a key. One object may serve
/// several commands, of which one is chosen.
class NodeAccess {
 public:
  /// Adds `--url`, `--key-file`, `--plain-http`, `--ca`, `--config` and `--json`.
  void add_to(CLI::App& command);

  bool json() const noexcept { return json_; }

  /// `--url`, else ORDERFLOW_URL, else what the settings name; the key of `--key-file`, else
  /// ORDERFLOW_API_KEY. A key goes to another machine over TLS alone, unless a flag, the
  /// environment or those settings allow it otherwise. Throws `cli::WrongUse`.
  cli::NodeAddress address() const;

  /// That node without a key, for open routes: no key is read, and none is sent.
  cli::NodeAddress keyless_address() const;

  /// A node of this machine whose URL is known already.
  cli::NodeAddress address_at(std::string url) const;

  /// Whether a flag or the environment names a node.
  bool names_node() const;

  /// The settings file that was named; may be empty.
  const std::string& settings_file() const noexcept { return config_; }

  cli::NodeClient client() const { return cli::NodeClient(address()); }

 private:
  /// Where the node is, and whether its settings let a key cross a network in the clear.
  struct Location {
    std::string url;
    bool plain_is_meant;
  };
  Location location() const;

  std::string url_;
  std::string key_file_;
  std::string certificates_file_;
  std::string config_;
  bool plain_http_ = false;
  bool json_ = false;
};

}  // namespace orderflow::commands
