#pragma once

#include "events/log/event.hpp"
#include "storage/incarnations.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// The kind of the event with which a stream begins whose reader's position is not one of the log.
/// It is in no log.
inline constexpr std::string_view log_restored_kind = "log.restored";

/// A position as a reader names it: "42", or "0123456789abcdef.42" with its incarnation.
struct NamedPosition {
  std::string incarnation;  ///< empty: not given
  Seq position;
};

/// Nothing where the text names no position.
std::optional<NamedPosition> parse_position(std::string_view text);

/// The incarnations of a log, and where a reader continues whose position is not one of the present
/// incarnation. Fixed for as long as the node runs; safe from any thread.
class LogIncarnations {
 public:
  /// At least one; the present one is the last.
  explicit LogIncarnations(std::vector<storage::Incarnation> incarnations);

  const std::string& id() const noexcept { return incarnations_.back().id; }

  /// Where a reader has to begin instead, so that it misses nothing: up to there it has had what
  /// this log holds. Nothing where its position is one of this log, which ends at `newest`. A
  /// position beyond the end is of a log that this one is an earlier copy of.
  std::optional<Seq> begin_instead(const NamedPosition& named, Seq newest) const;

 private:
  const std::vector<storage::Incarnation> incarnations_;
};

}  // namespace orderflow::events
