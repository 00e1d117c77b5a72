#pragma once

#include "delivery_store.hpp"
#include "following/intake.hpp"
#include "host/host.hpp"

#include <string_view>

namespace orderflow::webhooks {

/// The rows of the module's tables. Whether a key is waited for is asked of them, and not of
/// `rows_waiting`: a row that has ended may have been counted out twice, by the database when its
/// endpoint was looked up and by its own end.
class StoredRows final : public DeliveryRows {
 public:
  /// The host outlives it.
  explicit StoredRows(const host::Host& host) : host_(host) {}

  bool is_waited_for(const Endpoint& endpoint, std::string_view key) const override {
    return host_.read([&](storage::Session session) {
      return DeliveryStore(session).is_waited_for(endpoint.id, key, endpoint.canceled_to);
    });
  }

  bool has(EndpointId endpoint, events::Seq seq) const override {
    return host_.read(
        [&](storage::Session session) { return DeliveryStore(session).has(endpoint, seq); });
  }

 private:
  const host::Host& host_;
};

}  // namespace orderflow::webhooks
