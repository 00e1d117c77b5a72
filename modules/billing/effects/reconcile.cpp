#include "effects/reconcile.hpp"

#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "books/trace_of_order.hpp"
#include "events/delivery/timers.hpp"
#include "settling/book_statement.hpp"
#include "settling/settle_charge.hpp"
#include "settling/settle_refund.hpp"
#include "storage/error.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::billing {
namespace {

using boost::asio::awaitable;

constexpr std::size_t unanswered_at_once = 100;
constexpr core::Duration answer_limit = std::chrono::seconds{30};
/// After the gateway could not be asked for the first time; it doubles up to the usual interval.
constexpr core::Duration pause_first = std::chrono::seconds{1};

core::TraceContext trace_for(const host::Host& host, OrderId order_id) {
  const std::string order = order_id.value().to_string();
  if (auto trace = trace_of_order(host, order)) return std::move(*trace);
  return {.correlation_id = order, .traceparent = {}};
}

/// `amount`, which the gateway can be asked about.
core::Money known(const core::Money& amount) {
  if (amount.currency.is_known()) return amount;
  throw GatewayRefusal("'" + std::string(amount.currency.code()) + "' is not a currency");
}

void failed(const char* what, const std::string& id, const std::exception& error) {
  telemetry::log("billing").warn("reconciliation got no answer {}={} error=\"{}\"", what, id,
                                 error.what());
}

}  // namespace

awaitable<void> Reconciliation::run() {
  core::Duration pause = pause_first;
  while (!stopping_) {
    const core::Timestamp before = host_.clock().now() - settings_.older_than;
    core::Duration wait = settings_.every;
    std::optional<core::Timestamp> not_before;
    try {
      co_await look_at_payments(before);
      co_await look_at_refunds(before);
      pause = pause_first;
    } catch (const GatewayUnavailable& e) {
      telemetry::log("billing").info("reconciliation put off because=\"{}\"", e.what());
      // Soon again, for most troubles are short; but ever less often.
      wait = std::min(pause, wait);
      pause = std::min(pause * 2, settings_.every);
      not_before = e.not_before();
    } catch (const storage::WriteRefused& e) {
      telemetry::log("billing").info("reconciliation put off because=\"{}\"", e.what());
    } catch (const std::exception& e) {
      telemetry::log("billing").error("reconciliation has failed error=\"{}\"", e.what());
    }
    core::Timestamp next = host_.clock().now() + wait;
    if (not_before) next = std::max(next, *not_before);
    co_await events::sleep_until(host_.timers(), next);
  }
}

awaitable<void> Reconciliation::look_at_payments(core::Timestamp before) {
  PaymentStore::Unanswered query{.before = before, .limit = unanswered_at_once};
  for (;;) {
    const std::vector<Payment> payments = host_.read(
        [&](storage::Session session) { return PaymentStore(session).unanswered(query); });
    auto asking = ask_about_each("payment", payments);
    co_await std::move(asking);
    if (stopping_ || payments.size() < unanswered_at_once) co_return;
    query.after_time = payments.back().updated_at;
    query.after = payments.back().id;
  }
}

awaitable<void> Reconciliation::look_at_refunds(core::Timestamp before) {
  RefundStore::Unanswered query{.before = before, .limit = unanswered_at_once};
  for (;;) {
    const std::vector<Refund> refunds = host_.read(
        [&](storage::Session session) { return RefundStore(session).unanswered(query); });
    auto asking = ask_about_each("refund", refunds);
    co_await std::move(asking);
    if (stopping_ || refunds.size() < unanswered_at_once) co_return;
    query.after_time = refunds.back().updated_at;
    query.after = refunds.back().id;
  }
}

/// Where the gateway can be asked for nothing, or nothing can be written, there is no use in asking
/// about the next one.
template <class Row>
awaitable<void> Reconciliation::ask_about_each(const char* what, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    if (stopping_) co_return;
    try {
      co_await ask_about(row);
    } catch (const GatewayUnavailable& e) {
      if (e.concerns() == GatewayUnavailable::Concerns::all_requests) throw;
      failed(what, row.id.value().to_string(), e);
    } catch (const storage::WriteRefused&) {
      throw;
    } catch (const std::exception& e) {
      failed(what, row.id.value().to_string(), e);
    }
  }
}

awaitable<void> Reconciliation::ask_about(const Payment& payment) {
  const std::string id = payment.id.value().to_string();
  const ChargeInquiry inquiry{.payment_id = id,
                              .reference = payment.gateway_reference,
                              .amount = known(payment.amount),
                              .deadline = host_.clock().steady() + answer_limit};
  const std::optional<ChargeResult> result = co_await gateway_.find_charge(inquiry);
  if (!result) co_return;
  const bool is_news =
      payment.state == PaymentState::sending || !std::holds_alternative<Pending>(*result);
  if (!is_news) co_return;
  telemetry::log("billing").info("reconciliation found the answer payment={} order={}", id,
                                 payment.order_id.value().to_string());
  const core::TraceContext trace = trace_for(host_, payment.order_id);
  auto body = [&](events::Turn& turn) { settle_charge(turn, gateway_, payment.id, *result); };
  co_await host_.write(trace, body);
}

awaitable<void> Reconciliation::read_statement(const Payment& payment) {
  const StatementInquiry inquiry{.charge_reference = payment.gateway_reference,
                                 .deadline = host_.clock().steady() + answer_limit};
  const std::optional<ChargeStatement> statement = co_await gateway_.statement_of(inquiry);
  if (!statement) co_return;
  const core::TraceContext trace = trace_for(host_, payment.order_id);
  auto body = [&](events::Turn& turn) { book_statement(turn, gateway_, *statement); };
  co_await host_.write(trace, body);
}

awaitable<void> Reconciliation::ask_about(const Refund& refund) {
  const std::string id = refund.id.value().to_string();
  const auto payment = host_.read(
      [&](storage::Session session) { return PaymentStore(session).find(refund.payment_id); });
  if (!payment) co_return;
  if (refund.origin == RefundOrigin::gateway) {
    co_await read_statement(*payment);
    co_return;
  }
  const RefundInquiry inquiry{.idempotency_key = refund.gateway_key,
                              .reference = refund.gateway_reference,
                              .charge_reference = payment->gateway_reference,
                              .amount = known(refund.amount),
                              .deadline = host_.clock().steady() + answer_limit};
  const std::optional<RefundResult> result = co_await gateway_.find_refund(inquiry);
  if (!result) co_return;
  const bool is_news =
      refund.gateway_reference.empty() || !std::holds_alternative<RefundPending>(*result);
  if (!is_news) co_return;
  telemetry::log("billing").info("reconciliation found the answer refund={} order={}", id,
                                 refund.order_id.value().to_string());
  const core::TraceContext trace = trace_for(host_, refund.order_id);
  auto body = [&](events::Turn& turn) { settle_refund(turn, refund.gateway_key, *result); };
  co_await host_.write(trace, body);
}

}  // namespace orderflow::billing
