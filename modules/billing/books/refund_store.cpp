#include "books/refund_store.hpp"

#include "books/currency_in.hpp"
#include "books/transition.hpp"

#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

const std::string refund_columns =
    "id, payment_id, order_id, currency, amount, reason, state, gateway_key, gateway_reference,"
    " attempts, last_error, sent_at, sendings, created_at, updated_at, origin";

const std::string insert_refund =
    "INSERT INTO billing_refund(" + refund_columns +
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

const std::string select_refunds = "SELECT " + refund_columns + " FROM billing_refund ";
const std::string select_refund = select_refunds + "WHERE id = ?1";
const std::string select_by_key = select_refunds + "WHERE gateway_key = ?1";
const std::string select_by_reference =
    select_refunds + "WHERE payment_id = ?1 AND gateway_reference = ?2 ORDER BY id LIMIT 1";
const std::string select_unsent =
    select_refunds +
    "WHERE payment_id = ?1 AND state = 'requested' AND gateway_reference = ''"
    " AND origin = 'orderflow' ORDER BY created_at DESC, id DESC";
const std::string select_abandoned =
    select_refunds +
    "WHERE payment_id = ?1 AND state = 'abandoned' AND amount = ?2 ORDER BY id LIMIT 1";
const std::string select_unanswered_refunds =
    select_refunds +
    "WHERE state = 'requested' AND updated_at < ?1 AND (updated_at, id) > (?2, ?3)"
    " ORDER BY updated_at, id LIMIT ?4";
const std::string select_page =
    select_refunds + "WHERE payment_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";

Refund refund_from_row(const storage::Rows& rows) {
  Refund refund;
  refund.id = RefundId{rows.get<core::Uuid>(0)};
  refund.payment_id = PaymentId{rows.get<core::Uuid>(1)};
  refund.order_id = OrderId{rows.get<core::Uuid>(2)};
  refund.amount = {rows.get<std::int64_t>(4), currency_in(rows, 3)};
  refund.reason = rows.get<std::string>(5);
  refund.state = parse_refund_state(rows.get<std::string_view>(6));
  refund.gateway_key = rows.get<std::string>(7);
  refund.gateway_reference = rows.get<std::string>(8);
  refund.attempts = rows.get<std::int64_t>(9);
  refund.last_error = rows.get<std::string>(10);
  refund.sent_at = rows.get<std::optional<core::Timestamp>>(11);
  refund.sendings = rows.get<std::int64_t>(12);
  refund.created_at = rows.get<core::Timestamp>(13);
  refund.updated_at = rows.get<core::Timestamp>(14);
  refund.origin = rows.get<std::string_view>(15) == to_string(RefundOrigin::gateway)
                      ? RefundOrigin::gateway
                      : RefundOrigin::orderflow;
  return refund;
}

/// A statement that changes the state of the refund ?1, together with `more`.
std::string to_change(RefundChange change, std::string_view more) {
  return update_of("UPDATE billing_refund SET state = '", change, more);
}

const std::string to_make =
    to_change(RefundChange::make,
              "gateway_reference = ?2, attempts = attempts +"
              " CASE gateway_reference WHEN '' THEN 1 ELSE 0 END, updated_at = ?3");
const std::string to_refuse =
    to_change(RefundChange::refuse,
              "last_error = ?2, attempts = attempts +"
              " CASE gateway_reference WHEN '' THEN 1 ELSE 0 END, updated_at = ?3");
const std::string to_abandon = to_change(RefundChange::abandon, "updated_at = ?2");
const std::string to_take_up_again =
    to_change(RefundChange::take_up_again, "reason = ?2, updated_at = ?3");

}  // namespace

void RefundStore::add(const Refund& refund) {
  session_.execute(insert_refund, refund.id.value(), refund.payment_id.value(),
                   refund.order_id.value(), refund.amount.currency.code(), refund.amount.amount,
                   refund.reason, to_string(refund.state), refund.gateway_key,
                   refund.gateway_reference, refund.attempts, refund.last_error, refund.sent_at,
                   refund.sendings, refund.created_at, refund.updated_at, to_string(refund.origin));
}

std::optional<Refund> RefundStore::find(RefundId id) {
  return storage::read_first(session_.query(select_refund, id.value()), refund_from_row);
}

std::optional<Refund> RefundStore::find_by_key(std::string_view gateway_key) {
  return storage::read_first(session_.query(select_by_key, gateway_key), refund_from_row);
}

std::optional<Refund> RefundStore::find_by_reference(PaymentId payment_id,
                                                     std::string_view gateway_reference) {
  return storage::read_first(
      session_.query(select_by_reference, payment_id.value(), gateway_reference), refund_from_row);
}

std::vector<Refund> RefundStore::without_name(PaymentId payment_id) {
  return storage::read_all(session_.query(select_unsent, payment_id.value()), refund_from_row);
}

std::optional<Refund> RefundStore::find_abandoned(PaymentId payment_id, std::int64_t amount) {
  return storage::read_first(session_.query(select_abandoned, payment_id.value(), amount),
                             refund_from_row);
}

std::int64_t RefundStore::count_of(PaymentId payment_id) {
  auto rows = session_.query("SELECT count(*) FROM billing_refund WHERE payment_id = ?1",
                             payment_id.value());
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

std::string RefundStore::free_key(PaymentId payment_id, OrderId order_id) {
  const std::string prefix = order_id.value().to_string() + ":refund:";
  std::int64_t number = count_of(payment_id) + 1;
  while (find_by_key(prefix + std::to_string(number)))
    ++number;
  return prefix + std::to_string(number);
}

void RefundStore::renew_key(RefundId id, std::string_view gateway_key, core::Timestamp at) {
  session_.execute(
      "UPDATE billing_refund SET gateway_key = ?2, sent_at = NULL, sendings = 0, updated_at = ?3"
      " WHERE id = ?1 AND state <> 'made'",
      id.value(), gateway_key, at);
}

bool RefundStore::begin_sending(RefundId id, core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_refund SET sent_at = coalesce(sent_at, ?2), sendings = sendings + 1,"
             " updated_at = ?2 WHERE id = ?1 AND state = 'requested'",
             id.value(), at) == 1;
}

bool RefundStore::make(RefundId id, std::string_view gateway_reference, core::Timestamp at) {
  return session_.execute(to_make, id.value(), gateway_reference, at) == 1;
}

bool RefundStore::refuse(RefundId id, std::string_view error, core::Timestamp at) {
  return session_.execute(to_refuse, id.value(), error, at) == 1;
}

bool RefundStore::begin_processing(RefundId id, std::string_view gateway_reference,
                                   core::Timestamp at) {
  return session_.execute(
             "UPDATE billing_refund SET gateway_reference = ?2, attempts = attempts + 1,"
             " updated_at = ?3 WHERE id = ?1 AND state = 'requested' AND gateway_reference = ''",
             id.value(), gateway_reference, at) == 1;
}

void RefundStore::note_later_failure(RefundId id, std::string_view error, core::Timestamp at) {
  session_.execute(
      "UPDATE billing_refund SET last_error = ?2, updated_at = ?3"
      " WHERE id = ?1 AND state = 'made'",
      id.value(), error, at);
}

void RefundStore::note_error(std::string_view gateway_key, std::string_view error,
                             core::Timestamp at) {
  session_.execute(
      "UPDATE billing_refund SET last_error = ?2, updated_at = ?3"
      " WHERE gateway_key = ?1 AND state = 'requested'",
      gateway_key, error, at);
}

std::vector<Refund> RefundStore::unanswered(const Unanswered& query) {
  return storage::read_all(session_.query(select_unanswered_refunds, query.before, query.after_time,
                                          query.after.value(), query.limit),
                           refund_from_row);
}

bool RefundStore::abandon(RefundId id, core::Timestamp at) {
  return session_.execute(to_abandon, id.value(), at) == 1;
}

bool RefundStore::take_up_again(RefundId id, std::string_view reason, core::Timestamp at) {
  return session_.execute(to_take_up_again, id.value(), reason, at) == 1;
}

void RefundStore::count_failure(std::string_view gateway_key, std::string_view error,
                                core::Timestamp at) {
  session_.execute(
      "UPDATE billing_refund SET attempts = attempts + 1, last_error = ?2, updated_at = ?3"
      " WHERE gateway_key = ?1 AND state = 'requested'",
      gateway_key, error, at);
}

RefundStore::Page RefundStore::page(PaymentId payment_id,
                                    const host::PageRequest<RefundId>& wanted) {
  // One more tells whether there is a next page.
  auto found = storage::read_all(session_.query(select_page, payment_id.value(),
                                                host::id_before(wanted.after), wanted.limit + 1),
                                 refund_from_row);
  return host::page_of<RefundId>(std::move(found), wanted.limit);
}

}  // namespace orderflow::billing
