#include "books/dispute_store.hpp"

#include "books/currency_in.hpp"

#include <string>

namespace orderflow::billing {
namespace {

const std::string dispute_columns =
    "reference, payment_id, currency, amount, status, reason, is_withdrawn, told_at, created_at,"
    " updated_at";
const std::string select_disputes = "SELECT " + dispute_columns + " FROM billing_dispute ";
const std::string select_dispute = select_disputes + "WHERE reference = ?1";
const std::string select_disputes_of =
    select_disputes + "WHERE payment_id = ?1 ORDER BY created_at, reference LIMIT ?2";
const std::string put_dispute =
    "INSERT INTO billing_dispute(" + dispute_columns +
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (reference) DO UPDATE SET"
    " currency = excluded.currency, amount = excluded.amount, status = excluded.status,"
    " reason = excluded.reason, is_withdrawn = excluded.is_withdrawn, told_at = excluded.told_at,"
    " updated_at = excluded.updated_at";

Dispute dispute_of(const storage::Rows& rows) {
  return {.payment_id = PaymentId{rows.get<core::Uuid>(1)},
          .report = {.reference = rows.get<std::string>(0),
                     .amount = {rows.get<std::int64_t>(3), currency_in(rows, 2)},
                     .status = rows.get<std::string>(4),
                     .reason = rows.get<std::string>(5),
                     .is_withdrawn = rows.get<bool>(6),
                     .reported_at = rows.get<std::int64_t>(7)},
          .created_at = rows.get<core::Timestamp>(8),
          .updated_at = rows.get<core::Timestamp>(9)};
}

}  // namespace

std::optional<Dispute> DisputeStore::find(std::string_view reference) {
  auto rows = session_.query(select_dispute, reference);
  if (!rows.next()) return std::nullopt;
  return dispute_of(rows);
}

void DisputeStore::put(const Dispute& dispute) {
  const DisputeReport& report = dispute.report;
  session_.execute(put_dispute, report.reference, dispute.payment_id.value(),
                   report.amount.currency.code(), report.amount.amount, report.status,
                   report.reason, report.is_withdrawn, report.reported_at, dispute.created_at,
                   dispute.updated_at);
}

std::int64_t DisputeStore::withdrawn_of(PaymentId id) {
  // Added up here: the sum of SQLite gives up beyond 64 bits.
  core::AmountSum sum;
  auto rows = session_.query(
      "SELECT amount FROM billing_dispute WHERE payment_id = ?1 AND is_withdrawn = 1", id.value());
  while (rows.next())
    sum.add(rows.get<std::int64_t>(0));
  return sum.saturated();
}

std::vector<Dispute> DisputeStore::of(PaymentId id) {
  auto rows = session_.query(select_disputes_of, id.value(), disputes_shown_max);
  std::vector<Dispute> disputes;
  while (rows.next())
    disputes.push_back(dispute_of(rows));
  return disputes;
}

}  // namespace orderflow::billing
