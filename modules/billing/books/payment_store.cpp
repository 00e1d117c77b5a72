#include "books/payment_store.hpp"

#include "books/currency_in.hpp"
#include "books/transition.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

const std::string columns =
    "id, order_id, user_id, email, currency, amount, payment_method, state, gateway_key,"
    " gateway_reference, decline_code, attempts, last_error, cancel_requested, cancel_reason,"
    " refunded_amount, refunding_amount, disputed_amount, sent_at, sendings, created_at,"
    " updated_at";

const std::string insert =
    "INSERT INTO billing_payment(" + columns +
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19, ?20, ?21, ?22) ON CONFLICT DO NOTHING";

const std::string select = "SELECT " + columns + " FROM billing_payment ";
const std::string select_one = select + "WHERE id = ?1";
const std::string select_by_order = select + "WHERE order_id = ?1";
const std::string select_all = select + "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_unanswered =
    select +
    "WHERE state IN ('sending', 'processing') AND updated_at < ?1"
    " AND (updated_at, id) > (?2, ?3) ORDER BY updated_at, id LIMIT ?4";
const std::string select_of_order =
    select + "WHERE order_id = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2";

Payment payment_from_row(const storage::Rows& rows) {
  Payment payment;
  payment.id = PaymentId{rows.get<core::Uuid>(0)};
  payment.order_id = OrderId{rows.get<core::Uuid>(1)};
  payment.buyer = {.user_id = UserId{rows.get<std::string>(2)}, .email = rows.get<std::string>(3)};
  payment.amount = {rows.get<std::int64_t>(5), currency_in(rows, 4)};
  payment.payment_method = rows.get<std::string>(6);
  payment.state = parse_payment_state(rows.get<std::string_view>(7));
  payment.gateway_key = rows.get<std::string>(8);
  payment.gateway_reference = rows.get<std::string>(9);
  payment.decline_code = rows.get<std::string>(10);
  payment.attempts = rows.get<std::int64_t>(11);
  payment.last_error = rows.get<std::string>(12);
  payment.cancel_requested = rows.get<bool>(13);
  payment.cancel_reason = rows.get<std::string>(14);
  payment.refunded_amount = rows.get<std::int64_t>(15);
  payment.refunding_amount = rows.get<std::int64_t>(16);
  payment.disputed_amount = rows.get<std::int64_t>(17);
  payment.sent_at = rows.get<std::optional<core::Timestamp>>(18);
  payment.sendings = rows.get<std::int64_t>(19);
  payment.created_at = rows.get<core::Timestamp>(20);
  payment.updated_at = rows.get<core::Timestamp>(21);
  return payment;
}

/// A statement that changes the state of the payment ?1, together with `more`.
std::string to_change(PaymentChange change, std::string_view more,
                      std::string_view condition = "") {
  return update_of("UPDATE billing_payment SET state = '", change, more, condition);
}

const std::string to_send =
    to_change(PaymentChange::send,
              "updated_at = ?2, sent_at = coalesce(sent_at, ?2), sendings = sendings + 1",
              " AND currency = ?3 AND amount = ?4 AND payment_method = ?5 AND gateway_key = ?6");
const std::string to_take_next_key =
    "UPDATE billing_payment SET payment_method = ?5, gateway_key = ?6, sendings = 0,"
    " updated_at = ?7"
    " WHERE id = ?1 AND state = ?2 AND gateway_key = ?3 AND updated_at = ?4"
    " AND state IN (" +
    states_before(PaymentChange::send) + ")";
const std::string to_capture = to_change(PaymentChange::capture,
                                         "gateway_reference = ?2, attempts = attempts + CASE state "
                                         "WHEN 'sending' THEN 1 ELSE 0 END, updated_at = ?3");
const std::string to_process = to_change(
    PaymentChange::process, "gateway_reference = ?2, attempts = attempts + 1, updated_at = ?3");
const std::string to_decline = to_change(PaymentChange::decline,
                                         "decline_code = ?2, attempts = attempts + CASE state WHEN "
                                         "'sending' THEN 1 ELSE 0 END, updated_at = ?3");
const std::string to_give_up =
    to_change(PaymentChange::give_up, "decline_code = ?2, updated_at = ?3");
const std::string to_cancel =
    to_change(PaymentChange::cancel, "cancel_requested = 1, cancel_reason = ?2, updated_at = ?3");
const std::string to_refund_nothing =
    to_change(PaymentChange::refund, "updated_at = ?2", " AND amount = 0");
// With the last part the state changes.
const std::string to_pay_back =
    "UPDATE billing_payment SET refunding_amount = refunding_amount - ?2,"
    " refunded_amount = refunded_amount + ?2, updated_at = ?3,"
    " state = CASE refunded_amount + ?2 WHEN amount THEN '" +
    std::string(to_string(state_after(PaymentChange::refund))) +
    "' ELSE state END WHERE id = ?1 AND state IN (" + states_before(PaymentChange::refund) +
    ") AND refunding_amount >= ?2";

}  // namespace

bool PaymentStore::add(const Payment& payment) {
  return session_.execute(
             insert, payment.id.value(), payment.order_id.value(), payment.buyer.user_id.value(),
             payment.buyer.email, payment.amount.currency.code(), payment.amount.amount,
             payment.payment_method, to_string(payment.state), payment.gateway_key,
             payment.gateway_reference, payment.decline_code, payment.attempts, payment.last_error,
             payment.cancel_requested, payment.cancel_reason, payment.refunded_amount,
             payment.refunding_amount, payment.disputed_amount, payment.sent_at, payment.sendings,
             payment.created_at, payment.updated_at) == 1;
}

std::optional<Payment> PaymentStore::find(PaymentId id) {
  return storage::read_first(session_.query(select_one, id.value()), payment_from_row);
}

std::optional<Payment> PaymentStore::find_of(OrderId order_id) {
  return storage::read_first(session_.query(select_by_order, order_id.value()), payment_from_row);
}

std::optional<PaymentState> PaymentStore::state_of(PaymentId id) {
  return storage::read_first(
      session_.query("SELECT state FROM billing_payment WHERE id = ?1", id.value()),
      [](const storage::Rows& row) { return parse_payment_state(row.get<std::string_view>(0)); });
}

bool PaymentStore::begin_sending(PaymentId id, const ChargeTerms& terms, core::Timestamp at) {
  return session_.execute(to_send, id.value(), at, terms.amount.currency.code(),
                          terms.amount.amount, terms.payment_method, terms.gateway_key) == 1;
}

bool PaymentStore::take_next_key(const Payment& seen, std::string_view payment_method,
                                 std::string_view key, core::Timestamp at) {
  return session_.execute(to_take_next_key, seen.id.value(), to_string(seen.state),
                          seen.gateway_key, seen.updated_at, payment_method, key, at) == 1;
}

bool PaymentStore::capture(PaymentId id, std::string_view gateway_reference, core::Timestamp at) {
  return session_.execute(to_capture, id.value(), gateway_reference, at) == 1;
}

bool PaymentStore::begin_processing(PaymentId id, std::string_view gateway_reference,
                                    core::Timestamp at) {
  return session_.execute(to_process, id.value(), gateway_reference, at) == 1;
}

bool PaymentStore::decline(PaymentId id, std::string_view decline_code, core::Timestamp at) {
  return session_.execute(to_decline, id.value(), decline_code, at) == 1;
}

bool PaymentStore::give_up(PaymentId id, std::string_view decline_code, core::Timestamp at) {
  return session_.execute(to_give_up, id.value(), decline_code, at) == 1;
}

void PaymentStore::count_failure(PaymentId id, std::string_view error, core::Timestamp at) {
  session_.execute(
      "UPDATE billing_payment SET attempts = attempts + 1, last_error = ?2, updated_at = ?3"
      " WHERE id = ?1 AND state = 'sending'",
      id.value(), error, at);
}

void PaymentStore::note_error(PaymentId id, std::string_view error, core::Timestamp at) {
  session_.execute(
      "UPDATE billing_payment SET last_error = ?2, updated_at = ?3"
      " WHERE id = ?1 AND state = 'sending'",
      id.value(), error, at);
}

bool PaymentStore::cancel(PaymentId id, std::string_view reason, core::Timestamp at) {
  return session_.execute(to_cancel, id.value(), reason, at) == 1;
}

bool PaymentStore::mark_cancel_requested(PaymentId id, std::string_view reason,
                                         core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_payment SET cancel_requested = 1, cancel_reason = ?2, updated_at = ?3"
             " WHERE id = ?1 AND state IN ('sending', 'processing') AND cancel_requested = 0",
             id.value(), reason, at) == 1;
}

bool PaymentStore::want_back(PaymentId id, std::string_view reason, core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_payment SET cancel_requested = 1, cancel_reason = ?2, updated_at = ?3"
             " WHERE id = ?1 AND state = 'captured'",
             id.value(), reason, at) == 1;
}

void PaymentStore::keep_after_all(PaymentId id, core::Timestamp at) {
  session_.execute(
      "UPDATE billing_payment SET cancel_requested = 0, cancel_reason = '', updated_at = ?2"
      " WHERE id = ?1 AND state = 'captured' AND cancel_requested = 1",
      id.value(), at);
}

bool PaymentStore::refund_nothing(PaymentId id, core::Timestamp at) {
  return session_.execute(to_refund_nothing, id.value(), at) == 1;
}

bool PaymentStore::promise(PaymentId id, std::int64_t amount, core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_payment SET refunding_amount = refunding_amount + ?2, updated_at = ?3"
             " WHERE id = ?1 AND state = 'captured'"
             " AND ?2 <= amount - refunded_amount - refunding_amount",
             id.value(), amount, at) == 1;
}

bool PaymentStore::pay_back(PaymentId id, std::int64_t amount, core::Timestamp at) {
  return session_.execute(to_pay_back, id.value(), amount, at) == 1;
}

bool PaymentStore::release(PaymentId id, std::int64_t amount, core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_payment SET refunding_amount = refunding_amount - ?2, updated_at = ?3"
             " WHERE id = ?1 AND state = 'captured' AND refunding_amount >= ?2",
             id.value(), amount, at) == 1;
}

void PaymentStore::dispute(PaymentId id, std::int64_t amount, core::Timestamp at) {
  session_.execute("UPDATE billing_payment SET disputed_amount = ?2, updated_at = ?3 WHERE id = ?1",
                   id.value(), amount, at);
}

std::vector<Payment> PaymentStore::unanswered(const Unanswered& query) {
  return storage::read_all(session_.query(select_unanswered, query.before, query.after_time,
                                          query.after.value(), query.limit),
                           payment_from_row);
}

PaymentStore::Page PaymentStore::page(const std::optional<OrderId>& order_id,
                                      const host::PageRequest<PaymentId>& wanted) {
  const core::Uuid before = host::id_before(wanted.after);
  // One more tells whether there is a next page.
  const std::size_t limit = wanted.limit + 1;
  auto rows = order_id ? session_.query(select_of_order, before, limit, order_id->value())
                       : session_.query(select_all, before, limit);
  return host::page_of<PaymentId>(storage::read_all(std::move(rows), payment_from_row),
                                  wanted.limit);
}

}  // namespace orderflow::billing
