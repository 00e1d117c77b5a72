#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace orderflow::commands {

/// What renaming a node has changed.
struct RenamedNode {
  std::string before;
  std::string after;
  /// From where the bridge publishes: the newest position, so that nothing is published by two
  /// nodes. Nothing where the node has had no bridge: then it begins there anyway.
  std::optional<std::int64_t> publishes_after;
  std::int64_t waiting = 0;  ///< unfinished deliveries, which this node takes over
};

/// Gives the node of a data folder that was copied from another's a name of its own, and keeps
/// everything else. No node may run on the folder. Throws `std::runtime_error` for a name that the
/// bridge cannot carry, a folder without a database, and one that is in use.
RenamedNode rename_node(const std::filesystem::path& folder, const std::string& name);

}  // namespace orderflow::commands
