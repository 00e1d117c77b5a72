#pragma once

#include "books/refund.hpp"
#include "host/idempotency_key.hpp"
#include "host/key_ages.hpp"
#include "storage/connection.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// The SQL of the idempotency keys that asked for refunds, in a session of "billing".
class RefundIdempotencyStore {
 public:
  /// `ages` is that of the table `marks`.
  RefundIdempotencyStore(storage::Session session, host::KeyAges& ages) noexcept
      : session_(session), ages_(ages) {}

  /// Where the ages of the keys are kept.
  static constexpr const char* marks = "billing_idempotency_mark";

  struct Kept {
    RefundId refund_id;  ///< that the key has asked for
    std::string answer;  ///< the body of what was answered then
    bool same_request;   ///< false where the key came with another body, or to another payment
  };
  std::optional<Kept> find(const host::IdempotencyKey& key, PaymentId payment_id);

  /// Keeps a key that is not kept yet, with its refund as it was answered. At the first and at
  /// every 32nd one those of the 128 oldest go that were kept for longer than they are to be, so
  /// that the table shrinks and no write does much.
  void keep(const host::IdempotencyKey& key, const Refund& refund, std::string_view answer,
            core::Timestamp now);

 private:
  storage::Session session_;
  host::KeyAges& ages_;
};

}  // namespace orderflow::billing
