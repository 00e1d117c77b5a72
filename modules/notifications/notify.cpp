#include "notify.hpp"

#include "core/readable_line.hpp"
#include "events/turn/turn.hpp"
#include "mail/mail_address.hpp"
#include "notification/notification_store.hpp"
#include "notifications/contract/notification_failed.hpp"
#include "notifications/contract/notification_sent.hpp"
#include "preferences/preference_store.hpp"
#include "telemetry/log.hpp"

#include <optional>
#include <utility>

namespace orderflow::notifications {
namespace {

using events::AttemptResult;
using events::Event;
using events::Turn;

/// Whom an event is about.
struct Buyer {
  OrderId order_id;
  const UserId& user_id;
  const std::string& email;  ///< may be empty
};

Buyer buyer_of(const Event& event) {
  if (event.is<orders::OrderCreated>()) {
    const auto& created = event.as<orders::OrderCreated>();
    return {created.order_id, created.order.user_id, created.order.email};
  }
  if (event.kind() == billing::PaymentRefunded::kind) {
    const auto& refund = event.as<billing::PaymentRefunded>();
    return {refund.order_id, refund.buyer.user_id, refund.buyer.email};
  }
  const auto& outcome = event.as<billing::OrderProcessed>();
  return {outcome.order_id, outcome.buyer.user_id, outcome.buyer.email};
}

Kind kind_of(const Event& event) noexcept {
  return event.kind() == orders::OrderCreated::kind ? Kind::order_confirmation
                                                    : Kind::order_outcome;
}

/// False, and logged, where the notification has come further already: nothing changes then.
bool record(const Notification& notification, const Progress& progress, Turn& turn) {
  if (NotificationStore(turn.db()).record(notification, progress)) return true;
  telemetry::log("notifications")
      .warn("progress ignored, it was sent or skipped before notification={} status={}",
            notification.id.value().to_string(), to_string(progress.status));
  return false;
}

void record_skip(const Notification& notification, Skip reason, Turn& turn) {
  record(notification, {.status = Status::skipped, .attempts = 0, .skipped_because = reason}, turn);
}

void record_sent(const Notification& notification, int attempt, Turn& turn) {
  const Progress progress{.status = Status::sent, .attempts = attempt, .sent_at = turn.now()};
  if (!record(notification, progress, turn)) return;
  NotificationSent event{.notification_id = notification.id,
                         .order_id = notification.order_id,
                         .user_id = notification.user_id,
                         .notification_kind = std::string(to_string(notification.kind)),
                         .channel = notification.channel};
  turn.publish(notification.order_id.value().to_string(), std::move(event));
}

AttemptResult not_sent(Notification notification, int attempt, const DeliveryResult& result) {
  // In the row as in the event that says that it was given up.
  const std::string error = core::peer_text(result.error, events::error_bytes_max);
  telemetry::log("notifications")
      .debug(
          "delivery failed notification={} order={} kind={} recipient={} attempt={} error=\"{}\"",
          notification.id.value().to_string(), notification.order_id.value().to_string(),
          to_string(notification.kind), masked(notification.recipient), attempt, error);
  auto completion = [notification = std::move(notification), attempt, error](Turn& turn) {
    record(notification, {.status = Status::retrying, .attempts = attempt, .error = error}, turn);
  };
  switch (result.status) {
    case DeliveryResult::Status::refused:
      // It is given up in the same commit, which makes the row `failed`.
      return AttemptResult::permanent_failure(error, std::move(completion));
    case DeliveryResult::Status::unavailable:
      return AttemptResult::unavailable(error, std::move(completion));
    case DeliveryResult::Status::failed:
    case DeliveryResult::Status::delivered:
      break;
  }
  return AttemptResult::failure(error, std::move(completion));
}

}  // namespace

NotificationId Notifier::id_of(const Event& event) {
  const std::string_view subscription =
      kind_of(event) == Kind::order_confirmation ? confirm_subscription : report_subscription;
  return notification_id(event.meta().id.value(), event.meta().occurred_at, subscription);
}

Notification Notifier::about(const Event& event, std::string_view language) const {
  const Buyer buyer = buyer_of(event);
  const Kind kind = kind_of(event);
  const std::string& spoken = mails_.language_for(kind, language);
  return {.id = id_of(event),
          .order_id = buyer.order_id,
          .user_id = buyer.user_id,
          .kind = kind,
          .channel = std::string(channel_.name()),
          .recipient = buyer.email,
          .language = spoken,
          .subject = mails_.subject(news_of(event, spoken), spoken),
          .created_at = event.meta().occurred_at,
          .correlation_id = event.meta().correlation_id};
}

Notification Notifier::wanted(const Event& event, Turn& turn) const {
  const auto before = NotificationStore(turn.db()).language_of(id_of(event));
  const std::string language =
      before ? *before : PreferenceStore(turn.db()).find(buyer_of(event).user_id.value()).language;
  return about(event, language);
}

bool Notifier::prepare(const Event& event, const events::EffectContext& context, Turn& turn) {
  const Buyer buyer = buyer_of(event);
  const Preferences preferences = PreferenceStore(turn.db()).find(buyer.user_id.value());
  std::optional<Skip> reason = refusal(preferences, kind_of(event));
  if (buyer.email.empty()) reason = Skip::no_address;
  if (reason) {
    record_skip(about(event, preferences.language), *reason, turn);
    return false;
  }
  std::string language = preferences.language;
  if (context.attempt > 1) {
    if (auto before = NotificationStore(turn.db()).language_of(id_of(event))) language = *before;
  }
  if (!language.empty()) {
    turn.after_commit([this, token = context.token, language] { keep_language(token, language); });
  }
  links_.make_ready(turn);
  return true;
}

Message Notifier::message_of(const Event& event, const Notification& notification,
                             std::string unsubscribe_url) const {
  MailText text =
      mails_.compose(news_of(event, notification.language), notification.language, unsubscribe_url);
  return {.id = notification.id,
          .recipient = notification.recipient,
          .subject = notification.subject,
          .text = std::move(text.text),
          .html = std::move(text.html),
          .date = notification.created_at,
          .correlation_id = notification.correlation_id,
          .traceparent = event.meta().traceparent,
          .unsubscribe_url = std::move(unsubscribe_url),
          .unsubscribe_address = unsubscribe_address_};
}

Message Notifier::shown(const Event& event, std::string_view language) const {
  return message_of(event, about(event, language), links_.masked_url());
}

boost::asio::awaitable<AttemptResult> Notifier::notify(const Event& event,
                                                       const events::EffectContext& context) {
  const std::string language = take_language(context.token);
  Notification notification = about(event, language);
  const Message message = message_of(event, notification,
                                     links_.url({notification.user_id.value(), notification.kind}));
  DeliveryResult result = co_await channel_.deliver(message);
  if (result.status != DeliveryResult::Status::delivered) {
    co_return not_sent(std::move(notification), context.attempt, result);
  }
  auto completion = [notification = std::move(notification), attempt = context.attempt](
                        Turn& turn) { record_sent(notification, attempt, turn); };
  co_return AttemptResult::success(std::move(completion));
}

AttemptResult Notifier::assumed_result(const Event& event) const {
  // The completion runs at once, while the event is there.
  return AttemptResult::success(
      [this, &event](Turn& turn) { record_sent(wanted(event, turn), 1, turn); });
}

void Notifier::give_up(const Event& event, const std::string& error, Turn& turn) const {
  const Notification notification = wanted(event, turn);
  const Progress progress{.status = Status::failed, .attempts = 1, .error = error};
  if (!record(notification, progress, turn)) return;
  NotificationFailed failed{.notification_id = notification.id,
                            .order_id = notification.order_id,
                            .user_id = notification.user_id,
                            .notification_kind = std::string(to_string(notification.kind)),
                            .channel = notification.channel,
                            .error = error};
  turn.publish(notification.order_id.value().to_string(), std::move(failed));
}

void Notifier::keep_language(const std::string& token, const std::string& language) {
  const std::lock_guard lock(mutex_);
  languages_.insert_or_assign(token, language);
}

std::string Notifier::take_language(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto kept = languages_.extract(token);
  return kept.empty() ? std::string() : kept.mapped();
}

}  // namespace orderflow::notifications
