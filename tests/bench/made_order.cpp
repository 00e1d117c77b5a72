#include "made_order.hpp"

#include "notification/notification.hpp"

#include <array>

namespace orderflow::bench {
namespace {

constexpr std::size_t fingerprint_bytes = 32;

std::string quoted(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}

std::string number(std::string_view name, std::int64_t value) {
  return "\"" + std::string(name) + "\":" + std::to_string(value);
}

}  // namespace

core::Uuid OrderMaker::id_at(std::int64_t at_us) {
  // The count stands in front of what is random, so that they ascend within a millisecond too.
  ++made_;
  const std::uint64_t random = random_.next();
  std::array<std::uint8_t, 10> bytes{};
  for (std::size_t i = 0; i < 4; ++i)
    bytes[i] = static_cast<std::uint8_t>(made_ >> (8 * (3 - i)));
  bytes[2] &= 0x3f;
  for (std::size_t i = 4; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(random >> (8 * (i - 4)));
  return core::make_uuid_v7(static_cast<std::uint64_t>(at_us / 1'000), bytes);
}

std::string OrderMaker::hexadecimal(std::size_t digits) {
  std::string text;
  text.reserve(digits);
  while (text.size() < digits)
    text += "0123456789abcdef"[random_.below(16)];
  return text;
}

std::string OrderMaker::make_items(std::int64_t& total) {
  std::string items = "[";
  const std::uint64_t lines = 1 + random_.below(3);
  for (std::uint64_t i = 0; i < lines; ++i) {
    const auto price = static_cast<std::int64_t>(100 + random_.below(19'901));
    const auto quantity = static_cast<std::int64_t>(1 + random_.below(5));
    total += price * quantity;
    if (i > 0) items += ',';
    items += "{" + quoted("name", "Product") + "," + number("price", price) + "," +
             quoted("productId", "product-" + std::to_string(1 + random_.below(5'000))) + "," +
             number("quantity", quantity) + "}";
  }
  return items + "]";
}

void OrderMaker::publish_events(MadeOrder& order) {
  const std::string of_order = quoted("orderId", order.id_text);
  const std::string of_user = quoted("userId", order.user_id);
  const std::string payment = order.payment.to_string();
  const std::string amount = number("amount", order.total) + "," + quoted("currency", "EUR") + "," +
                             quoted("email", order.email) + ",";
  order.created_payload = "{" + quoted("currency", "EUR") + "," + quoted("email", order.email) +
                          ",\"items\":" + order.items + "," + of_order + "," +
                          number("totalAmount", order.total) + "," + of_user + "}";
  order.requested_payload = "{" + amount + quoted("gatewayKey", order.gateway_key) + "," +
                            of_order + "," + quoted("paymentId", payment) + "," + of_user + "}";
  order.processed_payload = "{" + amount + of_order + "," + quoted("paymentId", payment) + "," +
                            quoted("status", "PROCESSED") + "," + of_user + "}";
  const auto notification = [&](std::string_view kind, const core::Uuid& id) {
    return "{" + quoted("channel", "none") + "," + quoted("kind", kind) + "," +
           quoted("notificationId", id.to_string()) + "," + of_order + "," + of_user + "}";
  };
  order.confirmed_payload = notification("order_confirmation", order.confirmation);
  order.reported_payload = notification("order_outcome", order.report);
}

MadeOrder OrderMaker::make(std::int64_t placed_at_us) {
  MadeOrder order;
  order.placed_at_us = placed_at_us;
  order.correlation_id = id_at(placed_at_us).to_string();
  for (core::Uuid* id : {&order.id, &order.created, &order.payment, &order.requested,
                         &order.confirmed, &order.processed, &order.reported}) {
    *id = id_at(placed_at_us);
  }
  const core::Timestamp at = core::from_micros(placed_at_us);
  order.confirmation =
      notifications::notification_id(order.created, at, "notifications.confirm").value();
  order.report =
      notifications::notification_id(order.processed, at, "notifications.report").value();
  order.id_text = order.id.to_string();
  order.user = 1 + random_.below(users_);
  order.user_id = "user-" + std::to_string(order.user);
  order.email = order.user_id + "@example.com";
  order.items = make_items(order.total);
  order.traceparent = "00-" + hexadecimal(32) + "-" + hexadecimal(16) + "-01";
  order.gateway_key = order.id_text + ":1";
  order.gateway_reference = "sim_" + hexadecimal(24);
  order.idempotency_key = "made-" + std::to_string(made_);
  order.fingerprint = hexadecimal(fingerprint_bytes);
  order.confirmation_subject = "We have received your order " + order.id_text;
  order.report_subject = "Your order " + order.id_text + " is confirmed";
  publish_events(order);
  return order;
}

}  // namespace orderflow::bench
