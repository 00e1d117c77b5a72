#include "module.hpp"
#include "support/typed_values.hpp"

#include "composing/order_mails.hpp"
#include "mail_folder.hpp"
#include "module_over_channel.hpp"
#include "notifications/contract/events.hpp"
#include "notify.hpp"
#include "parsed_mail.hpp"
#include "sample_events.hpp"
#include "scripted_channel.hpp"
#include "support/module_harness.hpp"
#include "support/operator.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;
using billing::OrderResult;
using nlohmann::json;
using test::ModuleHarness;
using Rows = std::vector<std::string>;

const DeliveryResult disk_full{DeliveryResult::Status::failed, "disk full"};
const DeliveryResult bad_address{DeliveryResult::Status::refused, "bad address"};

void place(ModuleHarness& harness, const orders::OrderCreated& order) {
  harness.publish("orders", order.order_id, order);
}

void finish(ModuleHarness& harness, const billing::OrderProcessed& outcome) {
  harness.publish("billing", outcome.order_id, outcome);
}

Rows rows(ModuleHarness& harness) {
  return harness.rows("notifications",
                      "SELECT kind, status, attempts, error FROM notifications_notification"
                      " ORDER BY id");
}

json get(ModuleHarness& harness, const std::string& target, unsigned status = 200) {
  const http::Response response = harness.call(http::Method::get, target);
  CHECK(response.status == status);
  return json::parse(response.body);
}

}  // namespace

TEST_CASE("a buyer is notified of a cancellation, and of a refund beside the outcome") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  finish(harness, sample_outcome(OrderResult::canceled, 1));
  finish(harness, sample_outcome(OrderResult::processed, 2));
  harness.publish("billing", order_id(2), sample_refund(2));
  harness.run_until_idle();
  REQUIRE(channel.messages.size() == 3);
  CHECK(channel.messages[0].subject == "Your order " + order_id(1) + " is canceled");
  CHECK(channel.messages[2].subject == "Your refund for order " + order_id(2));
  CHECK(channel.messages[2].text.find("Refund: 44.48 EUR") != std::string::npos);
  CHECK(channel.messages[1].id != channel.messages[2].id);
  CHECK(rows(harness) == Rows(3, "order_outcome|sent|1|NULL"));
}

TEST_CASE("a new order is confirmed to its buyer") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_until_idle();
  CHECK(rows(harness) == Rows{"order_confirmation|sent|1|NULL"});
  REQUIRE(channel.messages.size() == 1);
  const Message& message = channel.messages[0];
  CHECK(message.recipient == "ann@example.com");
  CHECK(message.subject == "We have received your order " + order_id(1));
  CHECK(message.text.find("44.48 EUR") != std::string::npos);
  CHECK(message.correlation_id == "test-correlation");
  const auto sent = harness.published<NotificationSent>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0] == NotificationSent{.notification_id = message.id,
                                    .order_id = test::id_of(order_id(1)),
                                    .user_id = core::UserId{"ann"},
                                    .notification_kind = "order_confirmation",
                                    .channel = "scripted"});
  CHECK(harness.log().back()->meta().key == order_id(1));
}

TEST_CASE(
    "a refusal that is not UTF-8 is reported like any other, and the event marks it as given up") {
  ScriptedChannel channel;
  channel.results = {
      {DeliveryResult::Status::refused, "the server answered: 550 Empf\xe4nger unbekannt"}};
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_until_idle();
  const std::string readable = "the server answered: 550 Empf\xef\xbf\xbdnger unbekannt";
  CHECK(rows(harness) == Rows{"order_confirmation|failed|1|" + readable});
  const auto failed = harness.published<NotificationFailed>();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].error == readable);
}

TEST_CASE("each outcome is reported, under its own identifier") {
  for (const OrderResult result :
       {OrderResult::processed, OrderResult::canceled_fraud, OrderResult::payment_declined}) {
    CAPTURE(billing::to_string(result));
    ScriptedChannel channel;
    ModuleHarness harness(make_module_over(channel));
    place(harness, sample_order());
    harness.run_until_idle();
    finish(harness, sample_outcome(result));
    harness.run_until_idle();
    REQUIRE(channel.messages.size() == 2);
    CHECK(channel.messages[1].subject.find(order_id(1)) != std::string::npos);
    CHECK(channel.messages[0].id != channel.messages[1].id);
    const auto sent = harness.published<NotificationSent>();
    REQUIRE(sent.size() == 2);
    CHECK(sent[1].notification_kind == "order_outcome");
  }
}

TEST_CASE("a buyer without an address gives a skipped row, and nothing is sent or published") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order(1, ""));
  finish(harness, sample_outcome(OrderResult::processed, 1, ""));
  harness.run_until_idle();
  CHECK(channel.messages.empty());
  const auto found = harness.rows("notifications",
                                  "SELECT kind, status, attempts, recipient, skipped_because"
                                  " FROM notifications_notification ORDER BY kind");
  CHECK(found ==
        Rows{"order_confirmation|skipped|0||no_address", "order_outcome|skipped|0||no_address"});
  CHECK(harness.published<NotificationSent>().empty());
  CHECK(harness.log().size() == 2);
}

TEST_CASE("a delivery that fails is tried again with the same message until it works") {
  ScriptedChannel channel;
  channel.results = {disk_full, disk_full};
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_until_idle();
  CHECK(rows(harness) == Rows{"order_confirmation|retrying|1|disk full"});
  CHECK(harness.published<NotificationSent>().empty());

  harness.run_to_the_end();
  CHECK(rows(harness) == Rows{"order_confirmation|sent|3|NULL"});
  CHECK(harness.published<NotificationSent>().size() == 1);
  CHECK(harness.published<NotificationFailed>().empty());
  REQUIRE(channel.messages.size() == 3);
  for (const Message& message : channel.messages) {
    CHECK(message.id == channel.messages[0].id);
    CHECK(message.date == channel.messages[0].date);
    CHECK(message.text == channel.messages[0].text);
  }
}

TEST_CASE("a delivery that never works is given up and published as failed") {
  ScriptedChannel channel;
  channel.results.assign(100, disk_full);
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_to_the_end();
  CHECK(channel.messages.size() == 12);
  CHECK(rows(harness) == Rows{"order_confirmation|failed|12|disk full"});
  CHECK(harness.published<NotificationSent>().empty());
  const auto failed = harness.published<NotificationFailed>();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0] == NotificationFailed{.notification_id = channel.messages[0].id,
                                        .order_id = test::id_of(order_id(1)),
                                        .user_id = core::UserId{"ann"},
                                        .notification_kind = "order_confirmation",
                                        .channel = "scripted",
                                        .error = "disk full"});
}

TEST_CASE("a refused message is given up at once") {
  ScriptedChannel channel;
  channel.results = {bad_address};
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_to_the_end();
  CHECK(channel.messages.size() == 1);
  CHECK(rows(harness) == Rows{"order_confirmation|failed|1|bad address"});
  CHECK(harness.published<NotificationFailed>().size() == 1);
  CHECK(harness.status("notifications.confirm").record.dead == 1);
}

TEST_CASE("an address that an operator has corrected is used, and shown") {
  for (const bool is_outcome : {false, true}) {
    CAPTURE(is_outcome);
    ScriptedChannel channel;
    channel.results = {bad_address};
    ModuleHarness harness(make_module_over(channel));
    test::Operator operator_(harness);
    if (is_outcome) {
      finish(harness, sample_outcome(OrderResult::processed));
    } else {
      place(harness, sample_order());
    }
    harness.run_until_idle();
    const std::string name(is_outcome ? report_subscription : confirm_subscription);
    REQUIRE(harness.status(name).record.dead == 1);
    json payload = json::parse(harness.log().front()->payload());
    payload[is_outcome ? "amount" : "totalAmount"] = 1;
    CHECK(operator_.replay(name, 1, payload).error().reason == events::Refusal::Reason::not_valid);

    payload = json::parse(harness.log().front()->payload());
    payload["email"] = "anne@example.com";
    CHECK(operator_.replay(name, 1, payload).has_value());
    harness.run_until_idle();
    REQUIRE(channel.messages.size() == 2);
    CHECK(channel.messages[1].recipient == "anne@example.com");
    CHECK(channel.messages[1].id == channel.messages[0].id);
    const json list = get(harness, "/v1/notifications").at("notifications");
    REQUIRE(list.size() == 1);
    CHECK(list[0].at("recipient") == "anne@example.com");
    CHECK(list[0].at("status") == "sent");
    const std::string target =
        "/v1/notifications/" + list[0].at("id").get<std::string>() + "/mail?format=mail";
    const ParsedMail mail = parse_mail(harness.call(http::Method::get, target).body);
    CHECK(mail.header("To") == "anne@example.com");
  }
}

TEST_CASE("a notification that fails holds up no other one of its order") {
  ScriptedChannel channel;
  channel.results = {disk_full};
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_until_idle();
  harness.clock.advance(1us);
  finish(harness, sample_outcome(OrderResult::processed));
  harness.run_until_idle();
  CHECK(rows(harness) ==
        Rows{"order_confirmation|retrying|1|disk full", "order_outcome|sent|1|NULL"});
}

TEST_CASE("notifications are listed newest first, by page and by order") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  for (int number = 1; number <= 3; ++number) {
    place(harness, sample_order(number));
    harness.advance(1s);
  }
  const json first = get(harness, "/v1/notifications?limit=2");
  REQUIRE(first.at("notifications").size() == 2);
  CHECK(first.at("notifications")[0].at("orderId") == order_id(3));
  CHECK(first.at("notifications")[1].at("orderId") == order_id(2));
  const json rest =
      get(harness, "/v1/notifications?limit=2&after=" + first.at("next").get<std::string>());
  REQUIRE(rest.at("notifications").size() == 1);
  CHECK(rest.at("notifications")[0].at("orderId") == order_id(1));
  CHECK(rest.at("next").is_null());

  const json of_order = get(harness, "/v1/notifications?orderId=" + order_id(2));
  REQUIRE(of_order.at("notifications").size() == 1);
  CHECK(of_order.at("notifications")[0].at("orderId") == order_id(2));
  CHECK(get(harness, "/v1/notifications?orderId=" + order_id(7)).at("notifications").empty());
}

TEST_CASE("the latest notification of a buyer is listed first, however quick the order was") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  for (int number = 1; number <= 20; ++number) {
    place(harness, sample_order(number));
    harness.clock.advance(1us);
    finish(harness, sample_outcome(OrderResult::processed, number));
    harness.clock.advance(1us);
    harness.run_until_idle();
    const json list = get(harness, "/v1/notifications?orderId=" + order_id(number));
    REQUIRE(list.at("notifications").size() == 2);
    CHECK(list.at("notifications")[0].at("kind") == "order_outcome");
    CHECK(list.at("notifications")[1].at("kind") == "order_confirmation");
  }
}

TEST_CASE("one notification is shown with all that is known of it") {
  ScriptedChannel channel;
  channel.results = {disk_full};
  ModuleHarness harness(make_module_over(channel));
  place(harness, sample_order());
  harness.run_until_idle();
  const std::string id = channel.messages.at(0).id.value().to_string();
  json expected{{"id", id},
                {"orderId", order_id(1)},
                {"userId", "ann"},
                {"kind", "order_confirmation"},
                {"channel", "scripted"},
                {"recipient", "ann@example.com"},
                {"language", "en"},
                {"subject", "We have received your order " + order_id(1)},
                {"status", "retrying"},
                {"attempts", 1},
                {"error", "disk full"},
                {"skippedBecause", nullptr},
                {"createdAt", "2023-11-14T22:13:20.000000Z"},
                {"sentAt", nullptr},
                {"correlationId", "test-correlation"}};
  CHECK(get(harness, "/v1/notifications/" + id) == expected);

  harness.clock.set(core::from_micros(1'700'000'005'000'000));
  harness.run_until_idle();
  expected.update({{"status", "sent"},
                   {"attempts", 2},
                   {"error", nullptr},
                   {"sentAt", "2023-11-14T22:13:25.000000Z"}});
  CHECK(get(harness, "/v1/notifications/" + id) == expected);
}

TEST_CASE("requests that name nothing known are refused as problems") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  CHECK(get(harness, "/v1/notifications/" + order_id(1), 404).at("type") ==
        "/problems/notification-not-found");
  CHECK(get(harness, "/v1/notifications/7", 404).at("type") == "/problems/notification-not-found");
  for (const char* query : {"orderId=7", "after=x", "limit=0", "limit=501", "order=1"}) {
    CAPTURE(query);
    CHECK(get(harness, std::string("/v1/notifications?") + query, 400).at("type") ==
          "/problems/bad-parameter");
  }
}

TEST_CASE("by default the mail is a file in the data folder") {
  ModuleHarness harness(make_module());
  place(harness, sample_order());
  // The file is written by another thread; there is nothing else to wait for here.
  while (harness.published<NotificationSent>().empty())
    harness.run_until_idle();
  const auto sent = harness.published<NotificationSent>();
  CHECK(sent[0].channel == "file");
  const auto folder = harness.data_folder() / "data" / "mail" / "new";
  const std::string name = core::text_of(sent[0].notification_id) + ".eml";
  REQUIRE(names_in(folder) == std::set<std::string>{name});
  const ParsedMail mail = parse_mail(content_of(folder / name));
  CHECK(mail.header("To") == "ann@example.com");
  CHECK(mail.header("X-Correlation-ID") == "test-correlation");
  CHECK(mail.header("Date") == "Tue, 14 Nov 2023 22:13:20 +0000");
}

TEST_CASE("without a channel nothing is written and everything counts as sent") {
  ModuleHarness harness(make_module(), R"({"notifications": {"channel": "none"}})");
  place(harness, sample_order());
  harness.run_until_idle();
  const auto sent = harness.published<NotificationSent>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].channel == "none");
  CHECK_FALSE(std::filesystem::exists(harness.data_folder() / "data" / "mail"));
}

}  // namespace orderflow::notifications
