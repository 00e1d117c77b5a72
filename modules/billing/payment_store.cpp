#include "payment_store.hpp"

#include <stdexcept>
#include <string>

namespace orderflow::billing {
namespace {

std::string_view stored(PaymentState state) noexcept {
  switch (state) {
    case PaymentState::requested:
      return "requested";
    case PaymentState::captured:
      return "captured";
    case PaymentState::declined:
      break;
  }
  return "declined";
}

PaymentState state_of(std::string_view text) {
  for (const PaymentState state :
       {PaymentState::requested, PaymentState::captured, PaymentState::declined}) {
    if (stored(state) == text) return state;
  }
  throw std::runtime_error("unknown payment state '" + std::string(text) + "'");
}

const std::string columns =
    "id, order_id, user_id, currency, amount, payment_method, state, gateway_key,"
    " gateway_reference, decline_code, attempts, last_error, created_at, updated_at";

const std::string insert =
    "INSERT INTO billing_payment(" + columns +
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING";

const std::string select = "SELECT " + columns + " FROM billing_payment ";
const std::string select_one = select + "WHERE id = ?1";
const std::string select_all = select + "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_of_order =
    select + "WHERE order_id = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2";

Payment payment_of(const storage::Rows& rows) {
  Payment payment;
  payment.id = PaymentId{rows.get<core::Uuid>(0)};
  payment.order_id = OrderId{rows.get<core::Uuid>(1)};
  payment.user_id = rows.get<std::string>(2);
  payment.currency = rows.get<std::string>(3);
  payment.amount = rows.get<std::int64_t>(4);
  payment.payment_method = rows.get<std::string>(5);
  payment.state = state_of(rows.get<std::string_view>(6));
  payment.gateway_key = rows.get<std::string>(7);
  payment.gateway_reference = rows.get<std::string>(8);
  payment.decline_code = rows.get<std::string>(9);
  payment.attempts = rows.get<std::int64_t>(10);
  payment.last_error = rows.get<std::string>(11);
  payment.created_at = rows.get<core::Timestamp>(12);
  payment.updated_at = rows.get<core::Timestamp>(13);
  return payment;
}

std::vector<Payment> payments_of(storage::Rows rows) {
  std::vector<Payment> payments;
  while (rows.next())
    payments.push_back(payment_of(rows));
  return payments;
}

/// Behind every identifier of version 7.
core::Uuid last_id() noexcept {
  core::Uuid id;
  id.bytes.fill(0xff);
  return id;
}

}  // namespace

bool PaymentStore::add(const Payment& payment) {
  return session_.execute(insert, payment.id.value(), payment.order_id.value(), payment.user_id,
                          payment.currency, payment.amount, payment.payment_method,
                          stored(payment.state), payment.gateway_key, payment.gateway_reference,
                          payment.decline_code, payment.attempts, payment.last_error,
                          payment.created_at, payment.updated_at) == 1;
}

bool PaymentStore::exists_for(OrderId order_id) {
  return session_.query("SELECT 1 FROM billing_payment WHERE order_id = ?1", order_id.value())
      .next();
}

bool PaymentStore::capture(PaymentId id, std::string_view gateway_reference, core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_payment SET state = 'captured', gateway_reference = ?2,"
             " attempts = attempts + 1, updated_at = ?3 WHERE id = ?1 AND state = 'requested'",
             id.value(), gateway_reference, at) == 1;
}

bool PaymentStore::decline(PaymentId id, std::string_view decline_code, core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_payment SET state = 'declined', decline_code = ?2,"
             " attempts = attempts + 1, updated_at = ?3 WHERE id = ?1 AND state = 'requested'",
             id.value(), decline_code, at) == 1;
}

void PaymentStore::count_failure(PaymentId id, std::string_view error, core::Timestamp at) {
  session_.execute(
      "UPDATE billing_payment SET attempts = attempts + 1, last_error = ?2, updated_at = ?3"
      " WHERE id = ?1 AND state = 'requested'",
      id.value(), error, at);
}

std::optional<Payment> PaymentStore::find(PaymentId id) {
  auto rows = session_.query(select_one, id.value());
  if (!rows.next()) return std::nullopt;
  return payment_of(rows);
}

std::vector<Payment> PaymentStore::page(const Query& query) {
  const core::Uuid before = query.after ? query.after->value() : last_id();
  if (query.order_id) {
    return payments_of(
        session_.query(select_of_order, before, query.limit, query.order_id->value()));
  }
  return payments_of(session_.query(select_all, before, query.limit));
}

}  // namespace orderflow::billing
