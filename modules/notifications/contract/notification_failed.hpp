#pragma once

#include "core/typed_json.hpp"
#include "notifications/contract/notification_id.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// A notification was given up: no attempt is left, or none could help. Its key is the order id. It
/// carries no address.
struct NotificationFailed {
  static constexpr std::string_view kind = "notification.failed";
  static constexpr int version = 1;

  NotificationId notification_id;
  OrderId order_id;
  UserId user_id;
  std::string notification_kind;  ///< as in NotificationSent; in JSON `kind`
  std::string channel;
  std::string error;  ///< of the last attempt, for people

  friend bool operator==(const NotificationFailed&, const NotificationFailed&) = default;
};

template <class Json>
void to_json(Json& json, const NotificationFailed& event) {
  json["notificationId"] = core::text_of(event.notification_id);
  json["orderId"] = core::text_of(event.order_id);
  json["userId"] = event.user_id.value();
  json["kind"] = event.notification_kind;
  json["channel"] = event.channel;
  json["error"] = event.error;
}

inline void from_json(const nlohmann::json& json, NotificationFailed& event) {
  json.at("notificationId").get_to(event.notification_id);
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  json.at("kind").get_to(event.notification_kind);
  json.at("channel").get_to(event.channel);
  json.at("error").get_to(event.error);
}

}  // namespace orderflow::notifications
