#pragma once

#include "bridge/relay_progress.hpp"
#include "rabbitmq/declare.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::commands {

/// The name of the node of a data folder; empty where it has none yet.
std::string read_node_name(const std::filesystem::path& folder);

/// What `orderflow bridge check` has found.
struct BridgeReport {
  std::string broker;  ///< its address, without a password
  bool tls = false;
  std::string node;
  std::vector<std::string> hosted;
  bridge::BridgeMode mode = bridge::BridgeMode::exports;
  std::string product;
  std::string version;
  std::string failure;  ///< why the broker could not be asked; empty where it could
  rabbitmq::Inspection inspection;
  std::optional<bool> runs;  ///< whether a node of this name is connected; of split alone
  std::optional<bridge::RelayProgress> relay;

  /// Everything that this node needs exists as it needs it.
  bool sound() const;
};

std::string to_text(const BridgeReport& report);
nlohmann::ordered_json to_json(const BridgeReport& report);

}  // namespace orderflow::commands
