#include "module.hpp"

#include "billing/contract/events.hpp"
#include "check_notifications.hpp"
#include "config/problem.hpp"
#include "host/destination_gate.hpp"
#include "host/host.hpp"
#include "host/module_integrity.hpp"
#include "mail/file_channel.hpp"
#include "mail/smtp_channel.hpp"
#include "mail_routes.hpp"
#include "module_over_channel.hpp"
#include "notifications/contract/events.hpp"
#include "notify.hpp"
#include "orders/contract/events.hpp"
#include "preferences/preference_routes.hpp"
#include "preferences/unsubscribe_routes.hpp"
#include "routes.hpp"
#include "settings.hpp"
#include "template_routes.hpp"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::notifications {
namespace {

/// Mails in flight, for each of the two subscriptions: the larger a batch, the fewer the syncs.
constexpr std::size_t concurrency = 256;
static_assert(2 * concurrency <= FileChannel::waiting_max_default);

class Notifications final : public host::Module {
 public:
  explicit Notifications(Channel* given) : given_(given) {}

  std::string_view name() const noexcept override { return "notifications"; }

  std::vector<std::string_view> unordered_subscriptions() const override {
    return {confirm_subscription, report_subscription};
  }

  void configure(const config::Section& settings) override {
    settings_ = read_settings(settings);
    try {
      templates_.emplace(find_templates(settings_.templates), settings_.default_language);
      mails_.emplace(settings_.sender.name, *templates_);
    } catch (const TemplateError& e) {
      const bool is_own = settings_.templates.empty();
      throw config::Invalid(
          {{"settings", is_own ? "notifications.defaultLanguage" : "notifications.templates",
            e.what()}});
    }
  }

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
    describe_events(catalog);
    for (const std::string_view kind : {orders::OrderCreated::kind, billing::OrderProcessed::kind,
                                        billing::PaymentRefunded::kind})
      catalog.subscribe(name(), kind);
  }

  void check_integrity(host::ModuleIntegrity& integrity) const override {
    check_notifications(integrity);
  }

  const host::OrderExport* order_export() const noexcept override {
    return &notifications_export();
  }

  void install(host::Host& host) override {
    if (given_ == nullptr) channel_ = make_channel(host);
    links_.emplace(settings_.unsubscribe_url);
    notifier_.emplace(given_ != nullptr ? *given_ : *channel_, *mails_, *links_,
                      settings_.unsubscribe_address);
    host.subscribe(subscription(confirm_subscription, {orders::OrderCreated::kind}));
    host.subscribe(subscription(report_subscription,
                                {billing::OrderProcessed::kind, billing::PaymentRefunded::kind}));
    add_routes(host);
    add_mail_route(host, *notifier_, settings_.sender);
    add_template_routes(host, *templates_, *mails_, settings_.sender);
    add_preference_routes(host, *templates_);
    add_unsubscribe_routes(host, *templates_, settings_.sender.name);
  }

  void stop() noexcept override { channel_.reset(); }

 private:
  std::unique_ptr<Channel> make_channel(host::Host& host) {
    destination_ = nullptr;
    if (settings_.channel == "none") return std::make_unique<NoChannel>();
    if (settings_.channel == "smtp") {
      destination_ = &host.destination(
          {.name = "smtp",
           .concurrency = settings_.smtp.connections_max,
           .circuit = {.failures_max = failures_until_open(settings_.retry.attempts_max)}});
      return std::make_unique<SmtpChannel>(settings_.smtp, settings_.sender, *destination_);
    }
    std::filesystem::path folder = settings_.folder;
    if (folder.empty()) folder = host.data_folder() / "mail";
    return std::make_unique<FileChannel>(std::move(folder), settings_.sender,
                                         FileChannel::waiting_max_default, settings_.mail_bound);
  }

  /// An outage costs a mail that is alone half of its attempts at most.
  static int failures_until_open(int attempts_max) noexcept {
    return std::clamp(attempts_max / 2, 1, outbound::CircuitOptions{}.failures_max);
  }

  events::EffectSubscription subscription(std::string_view name,
                                          std::initializer_list<std::string_view> kinds) {
    events::EffectSubscription subscription;
    subscription.name = name;
    subscription.kinds = {kinds.begin(), kinds.end()};
    subscription.prepare = [this](const events::Event& event, const events::EffectContext& context,
                                  events::Turn& turn) {
      return notifier_->prepare(event, context, turn);
    };
    subscription.perform = [this](const events::Event& event,
                                  const events::EffectContext& context) {
      return notifier_->notify(event, context);
    };
    subscription.on_dead = [this](const events::Event& event, const std::string& error,
                                  events::Turn& turn) { notifier_->give_up(event, error, turn); };
    subscription.assumed_result = [this](const events::Event& event) {
      return notifier_->assumed_result(event);
    };
    subscription.retry = settings_.retry;
    // A second mail need not wait for the first.
    subscription.order = events::OrderPolicy::skip;
    subscription.deadline = settings_.deadline;
    subscription.concurrency = concurrency;
    if (destination_ != nullptr) {
      // Together they have all connections, so that none waits for one until its time is up.
      subscription.concurrency = std::max<std::size_t>(settings_.smtp.connections_max / 2, 1);
      subscription.gate = [this] { return host::gate_of(*destination_); };
    }
    return subscription;
  }

  Channel* const given_;
  Settings settings_{};
  std::optional<MailTemplates> templates_;
  std::optional<OrderMails> mails_;
  outbound::Destination* destination_ = nullptr;  ///< of channel "smtp"
  std::unique_ptr<Channel> channel_;
  std::optional<UnsubscribeLinks> links_;
  std::optional<Notifier> notifier_;
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<Notifications>(nullptr);
}

std::unique_ptr<host::Module> make_module_over(Channel& channel) {
  return std::make_unique<Notifications>(&channel);
}

}  // namespace orderflow::notifications
