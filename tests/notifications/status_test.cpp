// The statuses of a notification: what leads from one to the next, and that nothing else does.
#include "module_over_channel.hpp"
#include "notification/notification_store.hpp"
#include "scripted_channel.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

namespace orderflow::notifications {
namespace {

Notification notification_in(events::Turn& turn) {
  return {.id = NotificationId{turn.new_id()},
          .order_id = OrderId{turn.new_id()},
          .user_id = UserId{"ann"},
          .kind = Kind::order_outcome,
          .channel = "scripted",
          .recipient = "ann@example.com",
          .language = "en",
          .subject = "Your order",
          .created_at = turn.now(),
          .correlation_id = {}};
}

TEST_CASE("a notification goes from status to status as it may, and in no other way") {
  const std::set<std::pair<Status, Status>> expected{
      {Status::retrying, Status::retrying}, {Status::retrying, Status::sent},
      {Status::retrying, Status::failed},   {Status::retrying, Status::skipped},
      {Status::failed, Status::retrying},   {Status::failed, Status::sent},
      {Status::failed, Status::failed},     {Status::failed, Status::skipped}};
  ScriptedChannel channel;
  test::ModuleHarness harness(make_module_over(channel));
  for (const Status from : all_statuses) {
    for (const Status to : all_statuses) {
      CAPTURE(to_string(from));
      CAPTURE(to_string(to));
      const bool is_expected = expected.contains({from, to});
      CHECK(may_become(from, to) == is_expected);
      harness.write("notifications", [&](events::Turn& turn) {
        NotificationStore store(turn.db());
        const Notification notification = notification_in(turn);
        REQUIRE(store.record(notification, {.status = from, .attempts = 1}));
        CHECK(store.record(notification, {.status = to, .attempts = 2}) == is_expected);
        const auto kept = store.find(notification.id);
        REQUIRE(kept.has_value());
        CHECK(kept->status == to_string(is_expected ? to : from));
        CHECK(kept->attempts == (is_expected ? 2 : 1));
      });
    }
  }
}

}  // namespace
}  // namespace orderflow::notifications
