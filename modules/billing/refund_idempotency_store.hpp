#pragma once

#include "host/idempotency_key.hpp"
#include "refund.hpp"
#include "storage/connection.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// The SQL of the idempotency keys that asked for refunds, in a session of "billing".
class RefundIdempotencyStore {
 public:
  explicit RefundIdempotencyStore(storage::Session session) noexcept : session_(session) {}

  struct Kept {
    RefundId refund_id;  ///< that the key has asked for
    std::string answer;  ///< the body of what was answered then
    bool same_request;   ///< false where the key came with another body, or to another payment
  };
  std::optional<Kept> find(const host::IdempotencyKey& key, PaymentId payment_id);

  /// Keeps a key that is not kept yet, with its refund as it was answered. Some of those that were
  /// kept for longer than `keep_for` go now and then: every 32nd key looks at the 128 oldest, so
  /// that the table shrinks and no write does much. One from the future, of a clock that has gone
  /// back since, counts as new from then on.
  void keep(const host::IdempotencyKey& key, const Refund& refund, std::string_view answer,
            core::Timestamp now, core::Duration keep_for);

 private:
  void sweep(core::Timestamp now, core::Duration keep_for);

  storage::Session session_;
};

}  // namespace orderflow::billing
