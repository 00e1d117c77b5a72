#pragma once

#include "core/clock.hpp"
#include "storage/connection.hpp"

#include <string_view>

namespace orderflow::billing {

/// The SQL of the gateway's events that were taken. An identifier is kept for a week, while there
/// are no more than a million.
class GatewayEventStore {
 public:
  explicit GatewayEventStore(storage::Session session) noexcept : session_(session) {}

  /// False where it was taken before. Removes a few that have been kept long enough.
  bool add(std::string_view event_id, core::Timestamp at);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
