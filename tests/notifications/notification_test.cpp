#include "notification/notification.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {
namespace {

const core::Uuid event = *core::Uuid::parse("01900000-0000-7000-8000-000000000001");
const core::Uuid other_event = *core::Uuid::parse("01900000-0000-7000-8000-000000000002");
const core::Timestamp noon = core::from_micros(1'700'000'000'123'456);

}  // namespace

TEST_CASE("a notification's identifier depends on its event and subscription alone") {
  const NotificationId id = notification_id(event, noon, "notifications.confirm");
  CHECK(id == notification_id(event, noon, "notifications.confirm"));
  CHECK(id != notification_id(event, noon, "notifications.report"));
  CHECK(id != notification_id(other_event, noon, "notifications.confirm"));
}

TEST_CASE("it is a version 7 UUID of the time when the event occurred") {
  const NotificationId id = notification_id(event, noon, "notifications.confirm");
  CHECK(id.value().unix_ms() == 1'700'000'000'123);
  const std::string text = id.value().to_string();
  CHECK(text[14] == '7');
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("identifiers order as the events occurred, to the microsecond") {
  for (std::int64_t micros = 0; micros < 2'000; ++micros) {
    const auto earlier = notification_id(event, noon + core::Duration{micros}, "a.b");
    const auto later = notification_id(other_event, noon + core::Duration{micros + 1}, "a.b");
    CHECK(earlier.value() < later.value());
  }
}

}  // namespace orderflow::notifications
