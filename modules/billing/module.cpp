#include "module.hpp"

#include "billing/contract/events.hpp"
#include "books/refund_idempotency_store.hpp"
#include "card/card_gateway.hpp"
#include "check_payments.hpp"
#include "check_refunds.hpp"
#include "effects/capture_payment.hpp"
#include "effects/edit_payment_method.hpp"
#include "effects/gateway_attempt.hpp"
#include "effects/read_statement.hpp"
#include "effects/reconcile.hpp"
#include "effects/refund_payment.hpp"
#include "fraud/assess_order.hpp"
#include "gateway/simulated_gateway.hpp"
#include "gateway_events/gateway_event_routes.hpp"
#include "host/destination_gate.hpp"
#include "host/host.hpp"
#include "host/module_integrity.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/events.hpp"
#include "refund_routes.hpp"
#include "routes.hpp"
#include "settings.hpp"
#include "settling/cancel_payment.hpp"
#include "telemetry/log.hpp"

#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

class Billing final : public host::Module {
 public:
  /// Null for what the settings name.
  Billing(PaymentGateway* gateway, outbound::HttpSender* card_sender)
      : given_(gateway), card_sender_(card_sender) {}

  std::string_view name() const noexcept override { return "billing"; }

  void configure(const config::Section& settings) override { settings_ = read_settings(settings); }

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    describe_events(catalog);
    catalog.subscribe(name(), orders::OrderCreated::kind);
    // Which node has the order's payment is known to none but that node.
    catalog.subscribe(name(), orders::OrderCancelRequested::kind, events::Distribution::every_node);
  }

  void check_integrity(host::ModuleIntegrity& integrity) const override {
    check_payments(integrity);
    check_refunds(integrity);
  }

  const host::OrderExport* order_export() const noexcept override { return &payments_export(); }

  void install(host::Host& host) override {
    if (given_ == nullptr) make_gateway(host);
    subscribe_assess(host);
    subscribe_cancel(host);
    subscribe_capture(host);
    subscribe_refund(host);
    subscribe_follow(host);
    add_routes(host);
    ages_ = std::make_unique<host::KeyAges>(host.clock(), RefundIdempotencyStore::marks,
                                            settings_.idempotency_keep_for);
    add_refund_routes(host, gateway(), *ages_);
    if (gateway().keeps_books()) reconcile(host);
  }

  void drain() noexcept override {
    if (reconciliation_) reconciliation_->stop();
  }

  /// Also where the start has failed before there was a gateway.
  void stop() noexcept override {
    if (given_ != nullptr || gateway_) gateway().stop();
  }

 private:
  void make_gateway(host::Host& host) {
    if (settings_.gateway.kind == "simulated") {
      gateway_ = std::make_unique<SimulatedGateway>(host.clock(), settings_.gateway.latency);
      return;
    }
    const CardSettings& card = settings_.gateway.card;
    destination_ = &host.destination(
        {.name = "card gateway", .concurrency = card.concurrency, .circuit = card.circuit});
    gateway_ =
        card_sender_ == nullptr
            ? std::make_unique<CardGateway>(card, *destination_, host.clock())
            : std::make_unique<CardGateway>(card, *card_sender_, *destination_, host.clock());
    if (!card.webhook_secret.empty()) {
      add_gateway_event_routes(host, *gateway_, card.webhook_secret);
      return;
    }
    telemetry::log("billing").warn(
        "billing.gateway.card.webhookSecret is not given: payments that the gateway is still at "
        "are settled by the reconciliation alone");
  }

  void reconcile(host::Host& host) {
    reconciliation_ = std::make_unique<Reconciliation>(host, gateway(), settings_.reconcile);
    host.background([this] { return reconciliation_->run(); });
  }

  void subscribe_assess(host::Host& host) {
    events::TransactionalSubscription assess;
    assess.name = "billing.assess";
    assess.kinds = {std::string(orders::OrderCreated::kind)};
    assess.order = events::OrderPolicy::park;
    assess.handle = [this](const events::Event& event, events::Turn& turn) {
      assess_order(settings_.fraud, event, turn);
    };
    assess.discarded = [](const events::Event& event, const std::string&, events::Turn& turn) {
      discard_order(event, turn);
    };
    host.subscribe(std::move(assess));
  }

  void subscribe_cancel(host::Host& host) {
    events::TransactionalSubscription cancel;
    cancel.name = "billing.cancel";
    cancel.kinds = {std::string(orders::OrderCancelRequested::kind)};
    cancel.order = events::OrderPolicy::park;
    cancel.handle = [this](const events::Event& event, events::Turn& turn) {
      cancel_payment(gateway(), event, turn);
    };
    host.subscribe(std::move(cancel));
  }

  events::EffectSubscription effect(std::string name, std::string_view kind,
                                    const AttemptSettings& settings) const {
    events::EffectSubscription effect;
    effect.name = std::move(name);
    effect.kinds = {std::string(kind)};
    effect.order = events::OrderPolicy::park;
    effect.retry = settings.retry;
    effect.deadline = settings.deadline + attempt_grace;
    effect.concurrency = settings.concurrency;
    if (const outbound::Destination* destination = destination_) {
      effect.gate = [destination] { return host::gate_of(*destination); };
    }
    return effect;
  }

  void subscribe_capture(host::Host& host) {
    auto capture = effect("billing.capture", PaymentRequested::kind, settings_.capture);
    capture.prepare = prepare_capture;
    capture.perform = [this, &host](const events::Event& event,
                                    const events::EffectContext& context) {
      return capture_payment(host, gateway(), event, context);
    };
    capture.discarded = [](const events::Event& event, const std::string&, events::Turn& turn) {
      discard_capture(event, turn);
    };
    capture.assumed_result = [this](const events::Event& event) {
      return assumed_capture(gateway(), event);
    };
    capture.review_edit = [this, &host](const events::Event& edited) {
      return review_payment_method(host, gateway(), edited);
    };
    host.subscribe(std::move(capture));
  }

  void subscribe_refund(host::Host& host) {
    auto refund = effect("billing.refund", PaymentRefundRequested::kind, settings_.refund);
    refund.prepare = [](const events::Event& event, const events::EffectContext&,
                        events::Turn& turn) { return prepare_refund(event, turn); };
    refund.perform = [this, &host](const events::Event& event,
                                   const events::EffectContext& context) {
      return refund_payment(host, gateway(), event, context);
    };
    refund.discarded = discard_refund;
    refund.assumed_result = assumed_refund;
    host.subscribe(std::move(refund));
  }

  void subscribe_follow(host::Host& host) {
    auto follow = effect("billing.follow", PaymentStatementRequested::kind, settings_.refund);
    follow.perform = [this](const events::Event& event, const events::EffectContext& context) {
      return read_statement(gateway(), event, context);
    };
    host.subscribe(std::move(follow));
  }

  PaymentGateway& gateway() const noexcept { return given_ != nullptr ? *given_ : *gateway_; }

  PaymentGateway* const given_;
  outbound::HttpSender* const card_sender_;
  Settings settings_{};
  std::unique_ptr<PaymentGateway> gateway_;
  outbound::Destination* destination_ = nullptr;  ///< of the card gateway
  std::unique_ptr<Reconciliation> reconciliation_;
  std::unique_ptr<host::KeyAges> ages_;  ///< of the idempotency keys
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<Billing>(nullptr, nullptr);
}

std::unique_ptr<host::Module> make_module_over(PaymentGateway& gateway) {
  return std::make_unique<Billing>(&gateway, nullptr);
}

std::unique_ptr<host::Module> make_module_over(outbound::HttpSender& card_sender) {
  return std::make_unique<Billing>(nullptr, &card_sender);
}

}  // namespace orderflow::billing
