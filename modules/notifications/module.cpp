#include "module.hpp"

#include "billing/contract/events.hpp"
#include "embedded_templates.hpp"
#include "examine_notifications.hpp"
#include "file_channel.hpp"
#include "host/examination.hpp"
#include "host/host.hpp"
#include "module_over_channel.hpp"
#include "notifications/contract/events.hpp"
#include "notify.hpp"
#include "orders/contract/events.hpp"
#include "routes.hpp"
#include "settings.hpp"
#include "webhooks/examine_webhooks.hpp"
#include "webhooks/webhooks.hpp"

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::notifications {
namespace {

/// Mails in flight, for each of the two subscriptions: the larger a batch, the fewer the syncs.
constexpr std::size_t concurrency = 256;
static_assert(2 * concurrency <= FileChannel::waiting_max_default);

class Notifications final : public host::Module {
 public:
  explicit Notifications(Channel* given, webhooks::Carrier* carrier = nullptr)
      : given_(given), webhooks_(carrier) {}

  std::string_view name() const noexcept override { return "notifications"; }

  void configure(const config::Section& settings) override {
    settings_ = read_settings(settings);
    webhooks_.configure(settings.section("webhooks"));
  }

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
    describe_events(catalog);
  }

  void examine(host::Examination& examination) const override {
    examine_notifications(examination);
    webhooks::examine_webhooks(examination, own_catalog());
  }

  void install(host::Host& host) override {
    if (given_ == nullptr) channel_ = make_channel(host);
    mails_.emplace(settings_.sender.name, embedded_templates());
    notifier_.emplace(given_ != nullptr ? *given_ : *channel_, *mails_);
    subscribe_confirm(host);
    subscribe_report(host);
    add_routes(host);
    webhooks_.install(host, own_catalog());
  }

  void drain() noexcept override { webhooks_.drain(); }

  void stop() noexcept override {
    channel_.reset();
    webhooks_.stop();
  }

 private:
  events::Catalog own_catalog() const {
    events::Catalog catalog;
    describe(catalog);
    return catalog;
  }

  std::unique_ptr<Channel> make_channel(const host::Host& host) const {
    if (settings_.channel == "none") return std::make_unique<NoChannel>();
    std::filesystem::path folder = settings_.folder;
    if (folder.empty()) folder = host.data_folder() / "mail";
    return std::make_unique<FileChannel>(std::move(folder), settings_.sender);
  }

  events::EffectSubscription subscription(std::string_view name,
                                          std::initializer_list<std::string_view> kinds) const {
    events::EffectSubscription subscription;
    subscription.name = name;
    subscription.kinds = {kinds.begin(), kinds.end()};
    subscription.given_up = [this](const events::Event& event, const std::string& error,
                                   events::Turn& turn) { notifier_->give_up(event, error, turn); };
    subscription.rehearse = [this](const events::Event& event) {
      return notifier_->rehearse(event);
    };
    subscription.retry = settings_.retry;
    // A second mail need not wait for the first.
    subscription.order = events::OrderPolicy::skip;
    subscription.deadline = settings_.deadline;
    subscription.concurrency = concurrency;
    return subscription;
  }

  void subscribe_confirm(host::Host& host) {
    auto confirm = subscription(confirm_subscription, {orders::OrderCreated::kind});
    confirm.perform = [this](const events::Event& event, const events::EffectContext& context) {
      return notifier_->confirm(event, context);
    };
    host.subscribe(std::move(confirm));
  }

  void subscribe_report(host::Host& host) {
    auto report = subscription(report_subscription,
                               {billing::OrderProcessed::kind, billing::PaymentRefunded::kind});
    report.perform = [this](const events::Event& event, const events::EffectContext& context) {
      return notifier_->report(event, context);
    };
    host.subscribe(std::move(report));
  }

  Channel* const given_;
  Settings settings_{};
  std::unique_ptr<Channel> channel_;
  std::optional<OrderMails> mails_;
  std::optional<Notifier> notifier_;
  webhooks::Webhooks webhooks_;
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<Notifications>(nullptr);
}

std::unique_ptr<host::Module> make_module_over(Channel& channel) {
  return std::make_unique<Notifications>(&channel);
}

std::unique_ptr<host::Module> make_module_over(Channel& channel, webhooks::Carrier& carrier) {
  return std::make_unique<Notifications>(&channel, &carrier);
}

}  // namespace orderflow::notifications
