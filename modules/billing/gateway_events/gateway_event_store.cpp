#include "gateway_events/gateway_event_store.hpp"

#include <chrono>
#include <cstdint>

namespace orderflow::billing {
namespace {

constexpr core::Duration keep_for = std::chrono::days{7};
constexpr std::int64_t kept_max = 1'000'000;

}  // namespace

bool GatewayEventStore::add(std::string_view event_id, core::Timestamp at) {
  const bool is_new = session_.execute(
                          "INSERT INTO billing_gateway_event(event_id, taken_at) VALUES (?1, ?2)"
                          " ON CONFLICT DO NOTHING",
                          event_id, at) == 1;
  if (!is_new) return false;
  session_.execute(
      "DELETE FROM billing_gateway_event"
      " WHERE place IN (SELECT place FROM billing_gateway_event ORDER BY place LIMIT 4)"
      " AND (taken_at < ?1 OR place <= (SELECT max(place) FROM billing_gateway_event) - ?2)",
      at - keep_for, kept_max);
  return true;
}

}  // namespace orderflow::billing
