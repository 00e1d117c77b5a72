#pragma once

#include "cli/node_client.hpp"

#include <CLI/CLI.hpp>

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

  cli::NodeClient client() const { return cli::NodeClient(address()); }

 private:
  std::string url_;
  std::string key_file_;
  std::string certificates_file_;
  std::string config_;
  bool json_ = false;
};

}  // namespace orderflow::app
