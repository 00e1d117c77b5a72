#pragma once

#include "channel.hpp"
#include "events/event.hpp"
#include "events/subscription.hpp"
#include "notification.hpp"
#include "order_mails.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// Names of subscriptions: keys in the database and part of every notification's identity.
inline constexpr std::string_view confirm_subscription = "notifications.confirm";
inline constexpr std::string_view report_subscription = "notifications.report";

/// Tells buyers about their orders: composes, hands over to the channel, and records how it went.
///
/// A buyer without an address gives a row that is `skipped`, and no event. A message that was
/// handed over says `notification.sent`; one that is given up says `notification.failed`.
class Notifier {
 public:
  /// Channel and mails outlive it.
  Notifier(Channel& channel, const OrderMails& mails) : channel_(channel), mails_(mails) {}

  /// Confirms the order of an `order.created`. Event and context outlive the call.
  boost::asio::awaitable<events::Outcome> confirm(const events::Event& event,
                                                  const events::EffectContext& context) const;
  /// Reports the outcome of an `order.processed`, or a `payment.refunded`. The same.
  boost::asio::awaitable<events::Outcome> report(const events::Event& event,
                                                 const events::EffectContext& context) const;

  /// What either would change if the channel took the message.
  events::Outcome rehearse(const events::Event& event) const;

  /// Records that the notification of any of these events is given up, and says so.
  void give_up(const events::Event& event, const std::string& error, events::Turn& turn) const;

 private:
  boost::asio::awaitable<events::Outcome> deliver(Notification notification, Message message,
                                                  int attempt) const;
  Notification about(const events::Event& event) const;

  Channel& channel_;
  const OrderMails& mails_;
};

}  // namespace orderflow::notifications
