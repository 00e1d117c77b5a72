#pragma once

#include "composing/order_mails.hpp"
#include "events/delivery/subscription.hpp"
#include "events/log/event.hpp"
#include "notification/channel.hpp"
#include "notification/message.hpp"
#include "notification/notification.hpp"
#include "preferences/unsubscribe_links.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace orderflow::notifications {

/// Names of subscriptions: keys in the database and part of every notification's identity.
inline constexpr std::string_view confirm_subscription = "notifications.confirm";
inline constexpr std::string_view report_subscription = "notifications.report";

/// Tells buyers about their orders: asks what they want, composes, hands over to the channel, and
/// records how it went.
///
/// What a buyer does not want, or gave no address for, gives a row that is `skipped`, and no event.
/// A message that was handed over says `notification.sent`; one that is given up says
/// `notification.failed`.
class Notifier {
 public:
  /// All of them outlive it. `unsubscribe_address` may be empty.
  Notifier(Channel& channel, const OrderMails& mails, UnsubscribeLinks& links,
           std::string unsubscribe_address)
      : channel_(channel),
        mails_(mails),
        links_(links),
        unsubscribe_address_(std::move(unsubscribe_address)) {}

  /// Decides at the time of each attempt whether the user wants to be told, and in which language.
  /// False: the notification is skipped, which is recorded. On the writer thread.
  bool prepare(const events::Event& event, const events::EffectContext& context,
               events::Turn& turn);

  /// Tells of the event, which was prepared in the same attempt. Event and context outlive the
  /// call.
  boost::asio::awaitable<events::AttemptResult> notify(const events::Event& event,
                                                       const events::EffectContext& context);

  /// What telling would change if the channel took the message.
  events::AttemptResult assumed_result(const events::Event& event) const;

  /// The notification that any of these events gives.
  static NotificationId id_of(const events::Event& event);

  /// What was or is to be told of the event in a language, for somebody who looks at it: its link
  /// to unsubscribe is masked.
  Message shown(const events::Event& event, std::string_view language) const;

  /// Records that the notification of any of these events is given up, and says so.
  void give_up(const events::Event& event, const std::string& error, events::Turn& turn) const;

 private:
  /// The notification of an event in the language that the user wants, or that it was written in
  /// before.
  Notification wanted(const events::Event& event, events::Turn& turn) const;
  Notification about(const events::Event& event, std::string_view language) const;
  Message message_of(const events::Event& event, const Notification& notification,
                     std::string unsubscribe_url) const;

  /// The language that `prepare` has found for the attempt with this token.
  void keep_language(const std::string& token, const std::string& language);
  std::string take_language(const std::string& token);

  Channel& channel_;
  const OrderMails& mails_;
  UnsubscribeLinks& links_;
  const std::string unsubscribe_address_;

  std::mutex mutex_;
  /// Of attempts that are prepared and not begun, where it is not the default one.
  std::map<std::string, std::string> languages_;
};

}  // namespace orderflow::notifications
