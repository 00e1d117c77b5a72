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
  /// Where the bridge goes on publishing: the newest place, so that nothing is published by two
  /// nodes. Nothing where the node has had no bridge: it begins there by itself.
  std::optional<std::int64_t> publishes_after;
  std::int64_t waiting = 0;  ///< deliveries that are not done: this node will work on them
};

/// Gives the node of a data folder that was copied from another's a name of its own, and keeps
/// everything else. No node may run on the folder. Throws `std::runtime_error` for a name that the
/// bridge cannot carry, a folder without a database, and one that is in use.
RenamedNode rename_node(const std::filesystem::path& folder, const std::string& name);

}  // namespace orderflow::commands
