#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace orderflow::bridge {

/// How far a node has published its log, as its database shows.
struct RelayProgress {
  std::int64_t cursor = 0;  ///< all up to this position is confirmed
  std::int64_t newest = 0;  ///< the newest position of the log

  /// Positions that are not yet published and confirmed.
  std::int64_t lag() const noexcept { return newest - cursor; }
};

/// The progress in the database of a data folder, read beside a running node too. Nothing where
/// there is no database, or its node has never had a bridge.
std::optional<RelayProgress> read_relay_progress(const std::filesystem::path& folder);

}  // namespace orderflow::bridge
