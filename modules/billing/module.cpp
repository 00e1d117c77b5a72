#include "module.hpp"

#include "assess_order.hpp"
#include "billing/contract/events.hpp"
#include "capture_payment.hpp"
#include "host/host.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/events.hpp"
#include "routes.hpp"
#include "settings.hpp"
#include "simulated_gateway.hpp"

#include <string>
#include <utility>

namespace orderflow::billing {
namespace {

class Billing final : public host::Module {
 public:
  explicit Billing(PaymentGateway* given) : gateway_(given), is_given_(given != nullptr) {}

  std::string_view name() const noexcept override { return "billing"; }

  void configure(const config::Section& settings) override { settings_ = read_settings(settings); }

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    describe_events(catalog);
  }

  void install(host::Host& host) override {
    if (!is_given_) make_gateway(host);
    subscribe_assess(host);
    subscribe_capture(host);
    add_routes(host);
  }

 private:
  void make_gateway(const host::Host& host) {
    made_ = std::make_unique<SimulatedGateway>(host.clock(), settings_.gateway.latency);
    gateway_ = made_.get();
  }

  void subscribe_assess(host::Host& host) {
    events::TransactionalSubscription assess;
    assess.name = "billing.assess";
    assess.kinds = {std::string(orders::OrderCreated::kind)};
    assess.order = events::OrderPolicy::park;
    assess.handle = [this](const events::Event& event, events::Turn& turn) {
      assess_order(settings_.fraud, event, turn);
    };
    host.subscribe(std::move(assess));
  }

  void subscribe_capture(host::Host& host) {
    events::EffectSubscription capture;
    capture.name = "billing.capture";
    capture.kinds = {std::string(PaymentRequested::kind)};
    capture.order = events::OrderPolicy::park;
    capture.retry = settings_.capture.retry;
    capture.deadline = settings_.capture.deadline + capture_grace;
    capture.concurrency = settings_.capture.concurrency;
    capture.perform = [this](const events::Event& event, const events::EffectContext& context) {
      return capture_payment(*gateway_, event, context);
    };
    host.subscribe(std::move(capture));
  }

  Settings settings_{};
  std::unique_ptr<PaymentGateway> made_;
  PaymentGateway* gateway_;
  const bool is_given_;
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<Billing>(nullptr);
}

std::unique_ptr<host::Module> make_module_over(PaymentGateway& gateway) {
  return std::make_unique<Billing>(&gateway);
}

}  // namespace orderflow::billing
