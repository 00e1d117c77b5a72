// The states of payments and refunds: what leads from one to the next, and that nothing else does.
#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "module.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

template <class Change, class State>
using Expected = std::map<std::pair<Change, State>, State>;

constexpr std::array payment_states{PaymentState::requested,  PaymentState::sending,
                                    PaymentState::processing, PaymentState::captured,
                                    PaymentState::declined,   PaymentState::canceled,
                                    PaymentState::refused,    PaymentState::refunded};

constexpr std::array payment_changes{
    PaymentChange::send,    PaymentChange::process, PaymentChange::capture, PaymentChange::decline,
    PaymentChange::give_up, PaymentChange::cancel,  PaymentChange::refund};

Expected<PaymentChange, PaymentState> expected_of_payments() {
  using enum PaymentState;
  return {{{PaymentChange::send, requested}, sending},
          {{PaymentChange::send, sending}, sending},
          {{PaymentChange::process, sending}, processing},
          {{PaymentChange::capture, sending}, captured},
          {{PaymentChange::capture, processing}, captured},
          {{PaymentChange::decline, sending}, declined},
          {{PaymentChange::decline, processing}, declined},
          {{PaymentChange::give_up, requested}, declined},
          {{PaymentChange::give_up, sending}, declined},
          {{PaymentChange::cancel, requested}, canceled},
          {{PaymentChange::refund, captured}, refunded}};
}

/// A payment of nothing, which may be in any state.
Payment payment_in(PaymentState state, events::Turn& turn) {
  Payment payment;
  payment.id = PaymentId{turn.new_id()};
  payment.order_id = OrderId{turn.new_id()};
  payment.buyer.user_id = UserId{"ann"};
  payment.amount = test::money(0);
  payment.state = state;
  payment.gateway_key = payment.id.value().to_string();
  payment.created_at = turn.now();
  payment.updated_at = turn.now();
  return payment;
}

bool apply(PaymentChange change, const Payment& payment, events::Turn& turn) {
  PaymentStore payments(turn.db());
  switch (change) {
    case PaymentChange::send:
      return payments.begin_sending(payment.id,
                                    {.amount = payment.amount,
                                     .payment_method = payment.payment_method,
                                     .gateway_key = payment.gateway_key},
                                    turn.now());
    case PaymentChange::process:
      return payments.begin_processing(payment.id, "ch_1", turn.now());
    case PaymentChange::capture:
      return payments.capture(payment.id, "ch_1", turn.now());
    case PaymentChange::decline:
      return payments.decline(payment.id, "no_money", turn.now());
    case PaymentChange::give_up:
      return payments.give_up(payment.id, discarded_code, turn.now());
    case PaymentChange::cancel:
      return payments.cancel(payment.id, "", turn.now());
    case PaymentChange::refund:
      break;
  }
  return payments.refund_nothing(payment.id, turn.now());
}

TEST_CASE("a payment goes from state to state as it may, and in no other way") {
  test::ModuleHarness harness(make_module());
  const auto expected = expected_of_payments();
  for (const PaymentState from : payment_states) {
    for (const PaymentChange change : payment_changes) {
      CAPTURE(to_string(from));
      CAPTURE(static_cast<int>(change));
      const auto wanted = expected.find({change, from});
      const bool is_wanted = wanted != expected.end();
      CHECK(may(change, from) == is_wanted);
      harness.write("billing", [&](events::Turn& turn) {
        const Payment payment = payment_in(from, turn);
        REQUIRE(PaymentStore(turn.db()).add(payment));
        CHECK(apply(change, payment, turn) == is_wanted);
        CHECK(PaymentStore(turn.db()).state_of(payment.id) == (is_wanted ? wanted->second : from));
      });
    }
  }
}

bool apply(RefundChange change, RefundId id, events::Turn& turn) {
  RefundStore refunds(turn.db());
  switch (change) {
    case RefundChange::make:
      return refunds.make(id, "re_1", turn.now());
    case RefundChange::refuse:
      return refunds.refuse(id, "no", turn.now());
    case RefundChange::abandon:
      return refunds.abandon(id, turn.now());
    case RefundChange::take_up_again:
      break;
  }
  return refunds.take_up_again(id, "", turn.now());
}

TEST_CASE("a refund goes from state to state as it may, and in no other way") {
  using enum RefundState;
  const Expected<RefundChange, RefundState> expected{
      {{RefundChange::make, requested}, made},
      {{RefundChange::refuse, requested}, refused},
      {{RefundChange::abandon, requested}, abandoned},
      {{RefundChange::take_up_again, abandoned}, requested}};
  test::ModuleHarness harness(make_module());
  for (const RefundState from : {requested, made, refused, abandoned}) {
    for (const RefundChange change : {RefundChange::make, RefundChange::refuse,
                                      RefundChange::abandon, RefundChange::take_up_again}) {
      CAPTURE(to_string(from));
      CAPTURE(static_cast<int>(change));
      const auto wanted = expected.find({change, from});
      const bool is_wanted = wanted != expected.end();
      CHECK(may(change, from) == is_wanted);
      harness.write("billing", [&](events::Turn& turn) {
        Refund refund;
        refund.id = RefundId{turn.new_id()};
        refund.payment_id = PaymentId{turn.new_id()};
        refund.order_id = OrderId{turn.new_id()};
        refund.amount = test::money(1);
        refund.state = from;
        refund.gateway_key = refund.id.value().to_string();
        refund.created_at = turn.now();
        refund.updated_at = turn.now();
        RefundStore refunds(turn.db());
        refunds.add(refund);
        CHECK(apply(change, refund.id, turn) == is_wanted);
        CHECK(refunds.find(refund.id).value().state == (is_wanted ? wanted->second : from));
      });
    }
  }
}

}  // namespace
}  // namespace orderflow::billing
