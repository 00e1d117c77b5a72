#include "books/refund_idempotency_store.hpp"

#include <cstdint>

namespace orderflow::billing {
namespace {

constexpr std::int64_t keys_a_sweep = 32;

}  // namespace

std::optional<RefundIdempotencyStore::Kept> RefundIdempotencyStore::find(
    const host::IdempotencyKey& key, PaymentId payment_id) {
  auto rows = session_.query(
      "SELECT refund_id, answer, CASE WHEN fingerprint = ?3 AND payment_id = ?4 THEN 1 ELSE 0 END"
      " FROM billing_idempotency WHERE client = ?1 AND key = ?2",
      key.client, key.key, key.fingerprint, payment_id.value());
  if (!rows.next()) return std::nullopt;
  return Kept{.refund_id = RefundId{rows.get<core::Uuid>(0)},
              .answer = rows.get<std::string>(1),
              .same_request = rows.get<bool>(2)};
}

void RefundIdempotencyStore::keep(const host::IdempotencyKey& key, const Refund& refund,
                                  std::string_view answer, core::Timestamp now) {
  const std::int64_t row_number = session_.insert(
      "INSERT INTO billing_idempotency(client, key, fingerprint, payment_id, refund_id, answer,"
      " created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING place",
      key.client, key.key, key.fingerprint, refund.payment_id.value(), refund.id.value(), answer,
      now);
  if (!ages_.counts_to(keys_a_sweep)) return;
  if (const auto expired = ages_.mark(session_, row_number)) {
    session_.execute(
        "DELETE FROM billing_idempotency WHERE place IN (SELECT place FROM billing_idempotency"
        " WHERE place <= ?1 ORDER BY place LIMIT 128)",
        *expired);
  }
}

}  // namespace orderflow::billing
