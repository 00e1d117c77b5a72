#pragma once

#include "delivery.hpp"
#include "endpoint/endpoint.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

/// All SQL on messages, deliveries and attempts. A view of a session of the module.
class DeliveryStore {
 public:
  explicit DeliveryStore(storage::Session session) noexcept : session_(session) {}

  // ---- for an event -----------------------------------------------------------------------------

  void insert_message(const WebhookMessage& message, std::size_t deliveries);

  /// Adds a delivery, due at `now`, or parked where an earlier one of its key waits that is behind
  /// `canceled_to`.
  void insert(EndpointId endpoint, events::Seq seq, std::string_view key, events::Seq canceled_to,
              core::Timestamp now);

  // ---- for the sender ---------------------------------------------------------------------------

  /// Those of an endpoint that are due, behind `canceled_to`, the earliest first: also some whose
  /// time has not come.
  std::vector<Delivery> due(EndpointId endpoint, events::Seq canceled_to, std::size_t limit);
  std::optional<WebhookMessage> message(events::Seq seq);

  // ---- for what becomes of it -------------------------------------------------------------------

  std::optional<Delivery> find(EndpointId endpoint, events::Seq seq);
  /// The last place that an endpoint has a delivery of; 0 where it has none.
  events::Seq newest(EndpointId endpoint);
  void update(const Delivery& delivery);
  void insert_attempt(EndpointId endpoint, events::Seq seq, const Attempt& attempt);

  /// True where one of the key waits that is behind `canceled_to`.
  bool is_waited_for(EndpointId endpoint, std::string_view key, events::Seq canceled_to);

  /// Lets the first that waits of the key be tried at `now`, where it is parked.
  void release_next(EndpointId endpoint, std::string_view key, events::Seq canceled_to,
                    core::Timestamp now);

  // ---- to look at -------------------------------------------------------------------------------

  struct Listed {
    Delivery delivery;
    std::string kind;
    core::Uuid event_id;
  };
  struct Query {
    EndpointId endpoint;
    std::optional<DeliveryState> state{};
    std::optional<events::Seq> before{};
    std::size_t limit = 50;
  };
  struct Page {
    std::vector<Listed> listed{};
    std::optional<events::Seq> next{};  ///< to go on before; nothing: that was all
  };
  /// Newest first. Looks at a bounded number of rows, so a page can be short or empty and still
  /// have a `next`.
  Page page(const Query& query);
  std::vector<Attempt> attempts(EndpointId endpoint, events::Seq seq);
  /// Deliveries of an endpoint that wait, behind `canceled_to`.
  std::size_t count_waiting(EndpointId endpoint, events::Seq canceled_to);
  /// Failed ones, the earliest first.
  std::vector<Delivery> failed(EndpointId endpoint, std::size_t limit);

  // ---- for upkeep -------------------------------------------------------------------------------

  /// Marks up to `limit` of those that wait up to `canceled_to` as canceled; how many it found.
  std::size_t cancel_waiting(EndpointId endpoint, events::Seq canceled_to, std::size_t limit,
                             core::Timestamp now);
  /// Up to `limit` that ended before `time`, the earliest first.
  std::vector<events::Seq> ended_before(EndpointId endpoint, core::Timestamp time,
                                        std::size_t limit);
  /// Up to `limit` of an endpoint, in any state.
  std::vector<events::Seq> any(EndpointId endpoint, std::size_t limit);
  /// Removes a delivery with its attempts, and its message with the last delivery.
  void remove(EndpointId endpoint, events::Seq seq);

 private:
  storage::Session session_;
};

}  // namespace orderflow::webhooks
