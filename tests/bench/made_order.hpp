#pragma once

#include "core/random.hpp"
#include "core/uuid.hpp"

#include <cstdint>
#include <string>

namespace orderflow::bench {

/// An order that was taken through to PROCESSED, with all that its rows hold: the texts are as long
/// as those that a node leaves of the orders of scripts/bench.d/place_orders.lua.
struct MadeOrder {
  core::Uuid id, payment, confirmation, report;
  core::Uuid created, requested, confirmed, processed, reported;  ///< the five events
  std::int64_t placed_at_us = 0;
  std::size_t user = 0;
  std::string id_text, user_id, email, items, correlation_id, traceparent;
  std::string gateway_key, gateway_reference, idempotency_key, fingerprint;
  std::string confirmation_subject, report_subject;
  std::string created_payload, requested_payload, confirmed_payload, processed_payload,
      reported_payload;
  std::int64_t total = 0;
};

/// Makes orders up from a seed, each with identifiers that ascend with its time.
class OrderMaker {
 public:
  /// The buyers are user-1 to user-`users`.
  OrderMaker(std::uint64_t seed, std::size_t users) : random_(seed), users_(users) {}

  MadeOrder make(std::int64_t placed_at_us);

 private:
  core::Uuid id_at(std::int64_t at_us);
  std::string hexadecimal(std::size_t digits);
  std::string make_items(std::int64_t& total);
  void publish_events(MadeOrder& order);

  core::SeededRandom random_;
  std::size_t users_;
  std::uint64_t made_ = 0;
};

}  // namespace orderflow::bench
