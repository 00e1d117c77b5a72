#pragma once

#include "delivery.hpp"
#include "endpoint/endpoint.hpp"
#include "host/page.hpp"
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

  // ---- for the sender ---------------------------------------------------------------------------

  /// Those of an endpoint that are due, behind `canceled_to`, the earliest first: also some whose
  /// time has not come.
  std::vector<Delivery> due(EndpointId endpoint, events::Seq canceled_to, std::size_t limit);
  /// What is sent of an event that some delivery has not been made of; nothing where none needs it.
  std::optional<WebhookMessage> message(events::Seq seq);
  bool has(EndpointId endpoint, events::Seq seq);

  // ---- for what becomes of it -------------------------------------------------------------------

  std::optional<Delivery> find(EndpointId endpoint, events::Seq seq);
  /// The last position that an endpoint has a delivery of; 0 where it has none.
  events::Seq newest(EndpointId endpoint);
  /// Makes a row. False where the event has one for that endpoint: it stays as it is.
  bool insert(const Delivery& delivery);
  void update(const Delivery& delivery);
  /// Keeps what is sent of an event, for the log may lose it before its deliveries are made.
  void keep_message(const WebhookMessage& message);
  /// Removes it where all deliveries that there are have been made.
  void drop_message_if_made(events::Seq seq);
  void insert_attempt(EndpointId endpoint, events::Seq seq, const Attempt& attempt);

  /// True where one of the key waits that is behind `canceled_to`.
  bool is_waited_for(EndpointId endpoint, std::string_view key, events::Seq canceled_to);

  /// Lets the first that waits of the key be tried at `now`, where it is parked.
  void release_next(EndpointId endpoint, std::string_view key, events::Seq canceled_to,
                    core::Timestamp now);

  // ---- to look at -------------------------------------------------------------------------------

  struct Query {
    EndpointId endpoint;
    std::optional<DeliveryState> state{};
    host::PageRequest<events::Seq> page{};
  };
  using Page = host::Page<Delivery, events::Seq>;
  /// Newest first. Looks at a bounded number of rows, so a page can be short or empty and still
  /// have a `next`.
  Page page(const Query& query);
  std::vector<Attempt> attempts(EndpointId endpoint, events::Seq seq);
  /// Rows of an endpoint in (after, upto].
  std::size_t count_in(EndpointId endpoint, events::Seq after, events::Seq upto);
  /// Deliveries of an endpoint that have a row and wait, behind `canceled_to`.
  std::size_t count_waiting(EndpointId endpoint, events::Seq canceled_to);
  /// Failed ones, the earliest first.
  std::vector<Delivery> failed(EndpointId endpoint, std::size_t limit);

  // ---- for clean-up -----------------------------------------------------------------------------

  /// Marks up to `limit` of those that wait up to `canceled_to` as canceled; how many it found.
  std::size_t cancel_waiting(EndpointId endpoint, events::Seq canceled_to, std::size_t limit,
                             core::Timestamp now);
  /// Up to `limit` that ended before `time`, the earliest first.
  std::vector<events::Seq> ended_before(EndpointId endpoint, core::Timestamp time,
                                        std::size_t limit);
  /// Up to `limit` that have ended, of events up to a position, the earliest first.
  std::vector<events::Seq> ended_to(EndpointId endpoint, events::Seq upto, std::size_t limit);
  /// Up to `limit` of an endpoint, in any state.
  std::vector<events::Seq> any(EndpointId endpoint, std::size_t limit);
  /// Removes a delivery with its attempts, and its message where no other needs it.
  void remove(EndpointId endpoint, events::Seq seq);

 private:
  storage::Session session_;
};

}  // namespace orderflow::webhooks
