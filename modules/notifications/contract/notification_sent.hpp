#pragma once

#include "core/typed_json.hpp"
#include "notifications/contract/notification_id.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// A notification has left over its channel. Its key is the order id. It carries no address: who
/// needs that asks `/v1/notifications/{id}`.
struct NotificationSent {
  static constexpr std::string_view kind = "notification.sent";
  static constexpr int version = 1;

  NotificationId notification_id;
  OrderId order_id;
  UserId user_id;
  std::string notification_kind;  ///< "order_confirmation", "order_outcome"; in JSON `kind`
  std::string channel;            ///< "file", "none"

  friend bool operator==(const NotificationSent&, const NotificationSent&) = default;
};

template <class Json>
void to_json(Json& json, const NotificationSent& event) {
  json["notificationId"] = core::text_of(event.notification_id);
  json["orderId"] = core::text_of(event.order_id);
  json["userId"] = event.user_id.value();
  json["kind"] = event.notification_kind;
  json["channel"] = event.channel;
}

inline void from_json(const nlohmann::json& json, NotificationSent& event) {
  json.at("notificationId").get_to(event.notification_id);
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  json.at("kind").get_to(event.notification_kind);
  json.at("channel").get_to(event.channel);
}

}  // namespace orderflow::notifications
