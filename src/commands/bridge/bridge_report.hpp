#pragma once

#include "rabbitmq/declare.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::commands {

/// How far a node has published its log, as its database tells.
struct RelayProgress {
  std::int64_t cursor = 0;  ///< all up to there is confirmed
  std::int64_t newest = 0;  ///< the newest place of the log
};

/// The progress in the database of a data folder, read beside a running node too. Nothing where
/// there is no database, or its node has never had a bridge.
std::optional<RelayProgress> read_relay_progress(const std::filesystem::path& folder);

/// The name of the node of a data folder; empty where it has none yet.
std::string read_node_name(const std::filesystem::path& folder);

/// What `orderflow bridge check` has found.
struct BridgeReport {
  std::string broker;  ///< its address, without a password
  bool tls = false;
  std::string node;
  std::vector<std::string> hosted;
  rabbitmq::BridgeMode mode = rabbitmq::BridgeMode::exports;
  std::string product;
  std::string version;
  std::string failure;  ///< why the broker could not be asked; empty where it could
  rabbitmq::Inspection inspection;
  std::optional<RelayProgress> relay;

  /// Everything that this node wants is there as it wants it.
  bool sound() const;
};

std::string to_text(const BridgeReport& report);
nlohmann::ordered_json to_json(const BridgeReport& report);

}  // namespace orderflow::commands
