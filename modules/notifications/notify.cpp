#include "notify.hpp"

#include "events/turn.hpp"
#include "mail_address.hpp"
#include "notification_store.hpp"
#include "notifications/contract/notification_failed.hpp"
#include "notifications/contract/notification_sent.hpp"
#include "telemetry/log.hpp"

#include <utility>

namespace orderflow::notifications {
namespace {

using events::Event;
using events::Outcome;
using events::Turn;

OrderId order_id_of(const std::string& text) {
  const auto id = core::Uuid::parse(text);
  if (!id) throw events::PermanentFailure("'" + text + "' is not an order id");
  return OrderId{*id};
}

Notification identity(const Event& event, Kind kind, std::string_view subscription,
                      const std::string& order_id) {
  return {.id = notification_id(event.meta().id.value(), event.meta().occurred_at, subscription),
          .order_id = order_id_of(order_id),
          .user_id = {},
          .kind = kind,
          .channel = {},
          .recipient = {},
          .subject = {},
          .created_at = event.meta().occurred_at,
          .correlation_id = event.meta().correlation_id};
}

Message message_for(const Notification& notification, MailBody body, const Event& event) {
  return {.id = notification.id,
          .recipient = notification.recipient,
          .subject = notification.subject,
          .text = std::move(body.text),
          .html = std::move(body.html),
          .date = notification.created_at,
          .correlation_id = notification.correlation_id,
          .traceparent = event.meta().traceparent};
}

Outcome skipped(Notification notification) {
  return Outcome::success([notification = std::move(notification)](Turn& turn) {
    const Progress progress{.status = Status::skipped, .attempts = 0};
    NotificationStore(turn.db()).record(notification, progress);
  });
}

Outcome sent(Notification notification, int attempt) {
  return Outcome::success([notification = std::move(notification), attempt](Turn& turn) {
    const Progress progress{.status = Status::sent, .attempts = attempt, .sent_at = turn.now()};
    NotificationStore(turn.db()).record(notification, progress);
    std::string order_id = notification.order_id.value().to_string();
    NotificationSent event{.notification_id = notification.id.value().to_string(),
                           .order_id = order_id,
                           .user_id = notification.user_id,
                           .notification_kind = std::string(to_string(notification.kind)),
                           .channel = notification.channel};
    turn.emit(std::move(order_id), std::move(event));
  });
}

Outcome not_sent(Notification notification, int attempt, DeliveryResult result) {
  telemetry::log("notifications")
      .debug(
          "delivery failed notification={} order={} kind={} recipient={} attempt={} error=\"{}\"",
          notification.id.value().to_string(), notification.order_id.value().to_string(),
          to_string(notification.kind), masked(notification.recipient), attempt, result.error);
  auto record = [notification = std::move(notification), attempt,
                 error = result.error](Turn& turn) {
    const Progress progress{.status = Status::retrying, .attempts = attempt, .error = error};
    NotificationStore(turn.db()).record(notification, progress);
  };
  // A refused one is given up in the same commit, which makes the row `failed`.
  return result.status == DeliveryResult::Status::refused
             ? Outcome::permanent_failure(std::move(result.error), std::move(record))
             : Outcome::failure(std::move(result.error), std::move(record));
}

}  // namespace

Notification Notifier::about(const Event& event) const {
  if (event.is<orders::OrderCreated>()) {
    const auto& order = event.as<orders::OrderCreated>();
    auto notification =
        identity(event, Kind::order_confirmation, confirm_subscription, order.order_id);
    notification.user_id = order.user_id;
    notification.channel = channel_.name();
    notification.recipient = order.email;
    notification.subject = OrderMails::confirmation_subject(order);
    return notification;
  }
  const auto report_on = [&](const auto& outcome, std::string subject) {
    auto notification = identity(event, Kind::order_outcome, report_subscription, outcome.order_id);
    notification.user_id = outcome.user_id;
    notification.channel = channel_.name();
    notification.recipient = outcome.email;
    notification.subject = std::move(subject);
    return notification;
  };
  if (event.kind() == billing::PaymentRefunded::kind) {
    const auto& refund = event.as<billing::PaymentRefunded>();
    return report_on(refund, OrderMails::refund_subject(refund));
  }
  const auto& outcome = event.as<billing::OrderProcessed>();
  return report_on(outcome, OrderMails::outcome_subject(outcome));
}

boost::asio::awaitable<Outcome> Notifier::confirm(const Event& event,
                                                  const events::EffectContext& context) const {
  Notification notification = about(event);
  if (notification.recipient.empty()) co_return skipped(std::move(notification));
  const auto& order = event.as<orders::OrderCreated>();
  MailBody body = mails_.confirmation(order, event.meta().occurred_at);
  Message message = message_for(notification, std::move(body), event);
  auto delivery = deliver(std::move(notification), std::move(message), context.attempt);
  Outcome outcome = co_await std::move(delivery);
  co_return outcome;
}

boost::asio::awaitable<Outcome> Notifier::report(const Event& event,
                                                 const events::EffectContext& context) const {
  Notification notification = about(event);
  if (notification.recipient.empty()) co_return skipped(std::move(notification));
  MailBody body = event.is<billing::PaymentRefunded>()
                      ? mails_.refund(event.as<billing::PaymentRefunded>())
                      : mails_.outcome(event.as<billing::OrderProcessed>());
  Message message = message_for(notification, std::move(body), event);
  auto delivery = deliver(std::move(notification), std::move(message), context.attempt);
  Outcome outcome = co_await std::move(delivery);
  co_return outcome;
}

boost::asio::awaitable<Outcome> Notifier::deliver(Notification notification, Message message,
                                                  int attempt) const {
  DeliveryResult result = co_await channel_.deliver(message);
  if (result.status == DeliveryResult::Status::delivered) {
    co_return sent(std::move(notification), attempt);
  }
  co_return not_sent(std::move(notification), attempt, std::move(result));
}

Outcome Notifier::rehearse(const Event& event) const {
  Notification notification = about(event);
  if (notification.recipient.empty()) return skipped(std::move(notification));
  return sent(std::move(notification), 1);
}

void Notifier::give_up(const Event& event, const std::string& error, Turn& turn) const {
  const Notification notification = about(event);
  const Progress progress{.status = Status::failed, .attempts = 1, .error = error};
  NotificationStore(turn.db()).record(notification, progress);
  std::string order_id = notification.order_id.value().to_string();
  NotificationFailed said{.notification_id = notification.id.value().to_string(),
                          .order_id = order_id,
                          .user_id = notification.user_id,
                          .notification_kind = std::string(to_string(notification.kind)),
                          .channel = notification.channel,
                          .error = error};
  turn.emit(std::move(order_id), std::move(said));
}

}  // namespace orderflow::notifications
