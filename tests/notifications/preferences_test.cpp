// What users want, what they unsubscribe from, and the templates as the API shows them.
#include "mail_folder.hpp"
#include "module.hpp"
#include "module_over_channel.hpp"
#include "notifications/contract/events.hpp"
#include "parsed_mail.hpp"
#include "preferences/unsubscribe_links.hpp"
#include "sample_events.hpp"
#include "scripted_channel.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;
using billing::OrderResult;
using nlohmann::json;
using test::ModuleHarness;
using Rows = std::vector<std::string>;

const DeliveryResult folder_full{DeliveryResult::Status::failed, "disk full"};
const std::string preferences_of_ann = "/v1/users/ann/notification-preferences";

void place(ModuleHarness& harness, int number = 1) {
  harness.publish("orders", order_id(number), sample_order(number));
  harness.run_until_idle();
}

http::Response put(ModuleHarness& harness, const json& body) {
  return harness.call(http::Method::put, preferences_of_ann, body.dump());
}

void prefer(ModuleHarness& harness, const json& body) {
  CHECK(put(harness, body).status == 200);
}

json get_json(ModuleHarness& harness, const std::string& target, unsigned status = 200) {
  const http::Response response = harness.call(http::Method::get, target);
  CHECK(response.status == status);
  return json::parse(response.body);
}

Rows notification_rows(ModuleHarness& harness) {
  return harness.rows("notifications",
                      "SELECT kind, status, attempts, skipped_because, language"
                      " FROM notifications_notification ORDER BY id");
}

std::string header(const http::Response& response, const std::string& name) {
  for (const auto& [one, value] : response.headers) {
    if (one == name) return value;
  }
  return {};
}

/// Where a mail's link leads to on this node.
std::string target_of(const Message& message) {
  const std::string base = "https://shop.example";
  REQUIRE(message.unsubscribe_url.starts_with(base + "/v1/notifications/unsubscribe/"));
  return message.unsubscribe_url.substr(base.size());
}

const std::string with_links = R"({"notifications":
  {"unsubscribeUrl": "https://shop.example/", "unsubscribeMailto": "stop@shop.example"}})";

}  // namespace

TEST_CASE("a user without preferences is notified of everything in the default language") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  CHECK(get_json(harness, preferences_of_ann) ==
        json{{"userId", "ann"},
             {"language", nullptr},
             {"kinds", {{"order_confirmation", "email"}, {"order_outcome", "email"}}},
             {"optedOut", false},
             {"updatedAt", nullptr}});
  place(harness);
  CHECK(notification_rows(harness) == Rows{"order_confirmation|sent|1|NULL|en"});
}

TEST_CASE("preferences are replaced as a whole") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  prefer(harness, {{"language", "de-AT"}, {"kinds", {{"order_outcome", "none"}}}});
  const json stored = get_json(harness, preferences_of_ann);
  CHECK(stored.at("language") == "de-AT");
  CHECK(stored.at("kinds") == json{{"order_confirmation", "email"}, {"order_outcome", "none"}});
  CHECK(stored.at("updatedAt") == "2023-11-14T22:13:20.000000Z");
  prefer(harness, {{"optedOut", true}});
  const json replaced = get_json(harness, preferences_of_ann);
  CHECK(replaced.at("language").is_null());
  CHECK(replaced.at("kinds").at("order_outcome") == "email");
  CHECK(replaced.at("optedOut") == true);
}

TEST_CASE("bad preferences are refused by field, and nothing changes") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  const http::Response response =
      put(harness, {{"language", "xx"},
                    {"kinds", {{"order_confirmation", "sms"}, {"gossip", "email"}}},
                    {"optedOut", "yes"},
                    {"optOut", true}});
  CHECK(response.status == 422);
  CAPTURE(response.body);
  std::set<std::string> fields;
  const json problem = json::parse(response.body);
  for (const auto& error : problem.at("errors"))
    fields.insert(error.at("pointer"));
  CHECK(fields == std::set<std::string>{"/language", "/kinds/order_confirmation", "/kinds/gossip",
                                        "/optedOut", "/optOut"});
  CHECK(put(harness, json::array()).status == 422);
  CHECK(put(harness, {{"language", 5}}).status == 422);
  CHECK(harness.call(http::Method::put, preferences_of_ann, "{").status == 400);
  CHECK(get_json(harness, preferences_of_ann).at("updatedAt").is_null());
  CHECK(get_json(harness, "/v1/users/%20/notification-preferences", 400).at("type") ==
        "/problems/bad-parameter");
}

TEST_CASE("a kind that is not wanted and an opt-out are skipped, each with its reason") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  prefer(harness, {{"kinds", {{"order_confirmation", "none"}}}});
  place(harness);
  harness.clock.advance(1us);
  harness.publish("billing", order_id(1), sample_outcome(OrderResult::processed));
  harness.run_until_idle();
  prefer(harness, {{"optedOut", true}});
  harness.clock.advance(1us);
  place(harness, 2);
  CHECK(notification_rows(harness) == Rows{"order_confirmation|skipped|0|not_wanted|en",
                                           "order_outcome|sent|1|NULL|en",
                                           "order_confirmation|skipped|0|opted_out|en"});
  CHECK(channel.messages.size() == 1);
  CHECK(harness.published<NotificationSent>().size() == 1);
  CHECK(harness.published<NotificationFailed>().empty());
  CHECK(get_json(harness, "/v1/notifications?orderId=" + order_id(2))
            .at("notifications")[0]
            .at("skippedBecause") == "opted_out");
}

TEST_CASE("an opt-out between two attempts stops the second") {
  ScriptedChannel channel;
  channel.results = {folder_full};
  ModuleHarness harness(make_module_over(channel));
  place(harness);
  CHECK(notification_rows(harness) == Rows{"order_confirmation|retrying|1|NULL|en"});
  prefer(harness, {{"optedOut", true}});
  harness.run_to_the_end();
  CHECK(channel.messages.size() == 1);
  CHECK(notification_rows(harness) == Rows{"order_confirmation|skipped|1|opted_out|en"});
  CHECK(harness.status("notifications.confirm").record.retrying == 0);
  CHECK(harness.status("notifications.confirm").record.dead == 0);
}

TEST_CASE("a user is notified in the chosen language, the same at every attempt") {
  ScriptedChannel channel;
  channel.results = {folder_full};
  ModuleHarness harness(make_module_over(channel));
  prefer(harness, {{"language", "de-AT"}});
  place(harness);
  prefer(harness, {{"language", "en"}});
  harness.restart();
  harness.run_to_the_end();
  REQUIRE(channel.messages.size() == 2);
  CHECK(channel.messages[0].subject.starts_with("Ihre Bestellung"));
  CHECK(channel.messages[1].subject == channel.messages[0].subject);
  CHECK(channel.messages[1].text == channel.messages[0].text);
  CHECK(notification_rows(harness) == Rows{"order_confirmation|sent|2|NULL|de"});
  harness.clock.advance(1s);
  place(harness, 2);
  CHECK(channel.messages.back().subject.starts_with("We have received"));
}

TEST_CASE("while the channel is unavailable no attempt is used up") {
  ScriptedChannel channel;
  channel.results.assign(40, {DeliveryResult::Status::unavailable, "the server is away"});
  ModuleHarness harness(make_module_over(channel),
                        R"({"notifications": {"retry": {"attemptsMax": 2}}})");
  place(harness);
  harness.run_to_the_end();
  CHECK(channel.messages.size() == 41);
  CHECK(harness.published<NotificationSent>().size() == 1);
  CHECK(harness.published<NotificationFailed>().empty());
}

TEST_CASE("opening the link changes nothing; its button ends this kind of mail") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel), with_links);
  place(harness);
  const std::string target = target_of(channel.messages.at(0));
  CHECK(channel.messages[0].unsubscribe_address == "stop@shop.example");
  CHECK(channel.messages[0].html.find("https://shop.example" + target) != std::string::npos);

  const http::Response page = harness.call(http::Method::get, target);
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(page.body.find("<form method=\"post\">") != std::string::npos);
  CHECK(page.body.find("confirm an order") != std::string::npos);
  CHECK(page.body.find("ann") == std::string::npos);
  CHECK(header(page, "Content-Security-Policy").find("default-src 'none'") != std::string::npos);
  CHECK(get_json(harness, preferences_of_ann).at("updatedAt").is_null());

  for (int click = 0; click < 2; ++click) {
    const http::Response done =
        harness.call(http::Method::post, target, "List-Unsubscribe=One-Click",
                     {{"content-type", "application/x-www-form-urlencoded"}});
    CHECK(done.status == 200);
    CHECK(done.body.find("<form") == std::string::npos);
    CHECK(done.body.find("Done") != std::string::npos);
  }
  CHECK(get_json(harness, preferences_of_ann).at("kinds") ==
        json{{"order_confirmation", "none"}, {"order_outcome", "email"}});
  harness.clock.advance(1s);
  place(harness, 2);
  CHECK(channel.messages.size() == 1);
}

TEST_CASE("the page speaks the user's language") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel), with_links);
  prefer(harness, {{"language", "de"}});
  place(harness);
  const http::Response page = harness.call(http::Method::get, target_of(channel.messages.at(0)));
  CHECK(page.body.find("Abbestellen") != std::string::npos);
}

TEST_CASE("a link works after a restart, and one that was tampered with never does") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel), with_links);
  place(harness);
  harness.restart();
  harness.clock.advance(1s);
  place(harness, 2);
  CHECK(channel.messages.at(0).unsubscribe_url == channel.messages.at(1).unsubscribe_url);
  const std::string target = target_of(channel.messages[0]);
  CHECK(harness.call(http::Method::get, target).status == 200);

  std::string tampered = target;
  tampered[tampered.size() - 8] = tampered[tampered.size() - 8] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {tampered, target.substr(0, target.size() - 4),
                                 std::string("/v1/notifications/unsubscribe/x")}) {
    for (const http::Method method : {http::Method::get, http::Method::post}) {
      const http::Response response = harness.call(method, bad);
      CHECK(response.status == 404);
      CHECK(response.body.find("not valid") != std::string::npos);
    }
  }
  CHECK(get_json(harness, preferences_of_ann).at("updatedAt").is_null());
}

TEST_CASE("a key whose making was undone makes no links") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  UnsubscribeLinks links("https://shop.example");
  const auto undone = [&](events::Turn& turn) {
    links.make_ready(turn);
    throw std::runtime_error("undone");
  };
  CHECK_THROWS_WITH(harness.write("notifications", undone), "undone");
  for (int time = 0; time < 2; ++time)
    harness.write("notifications", [&](events::Turn& turn) { links.make_ready(turn); });

  const Unsubscription ann{.user_id = "ann", .kind = Kind::order_outcome};
  const std::string url = links.url(ann);
  const auto read =
      harness.node().services().readers.read("notifications", [&](storage::Session session) {
        return UnsubscribeLinks::read(session, url.substr(url.rfind('/') + 1));
      });
  CHECK(read == ann);
}

TEST_CASE("without the settings for it mails carry no way to unsubscribe") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  place(harness);
  CHECK(channel.messages.at(0).unsubscribe_url.empty());
  CHECK(channel.messages.at(0).unsubscribe_address.empty());
  CHECK(channel.messages.at(0).text.find("messages of this kind") == std::string::npos);
  CHECK(harness.rows("notifications", "SELECT count(*) FROM notifications_unsubscribe_key") ==
        Rows{"0"});
}

TEST_CASE("the templates are listed with their languages and what they may use") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  const json list = get_json(harness, "/v1/notifications/templates");
  CHECK(list.at("defaultLanguage") == "en");
  REQUIRE(list.at("templates").size() == 3);
  const json& confirmation = list.at("templates")[0];
  CHECK(confirmation.at("kind") == "order_confirmation");
  CHECK(confirmation.at("variables") == json{"shop", "order_id", "placed_at", "total"});
  CHECK(confirmation.at("sections").at("unsubscribe") == json{"url"});
  CHECK(confirmation.at("languages").at("de").at("subject") == "order_confirmation.de.subject");
}

TEST_CASE("the mail of a notification can be looked at, without its reader's link") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel), with_links);
  prefer(harness, {{"language", "de"}});
  place(harness);
  const Message& sent = channel.messages.at(0);
  // What the user wants today does not change what was sent.
  prefer(harness, {{"language", "en"}});
  const std::string mail = "/v1/notifications/" + sent.id.value().to_string() + "/mail";

  const http::Response text = harness.call(http::Method::get, mail + "?format=text");
  CHECK(text.status == 200);
  CHECK(header(text, "Content-Language") == "de");
  std::string masked = sent.text;
  const std::string base = "https://shop.example/v1/notifications/unsubscribe/";
  const std::size_t link = masked.find(base);
  REQUIRE(link != std::string::npos);
  masked.replace(link, sent.unsubscribe_url.size(), base + "***");
  CHECK(text.body == masked);

  for (const char* format : {"html", "text", "mail"}) {
    const http::Response shown =
        harness.call(http::Method::get, mail + "?format=" + std::string(format));
    CHECK(shown.body.find(sent.unsubscribe_url.substr(base.size())) == std::string::npos);
  }
  const http::Response raw = harness.call(http::Method::get, mail + "?format=mail");
  CHECK(parse_mail(raw.body).header("To") == sent.recipient);
  CHECK(get_json(harness, mail + "?format=pdf", 400).at("type") == "/problems/bad-parameter");
  CHECK(get_json(harness, "/v1/notifications/7/mail", 404).at("type") ==
        "/problems/notification-not-found");
}

TEST_CASE("a preview shows a mail with made-up values, and nothing in it runs") {
  ScriptedChannel channel;
  ModuleHarness harness(make_module_over(channel));
  const std::string preview = "/v1/notifications/templates/order_outcome/preview";
  const http::Response html = harness.call(http::Method::get, preview);
  CHECK(html.status == 200);
  CHECK(html.content_type == "text/html; charset=utf-8");
  CHECK(html.body.find("confirmed and paid") != std::string::npos);
  const std::string policy = header(html, "Content-Security-Policy");
  CHECK(policy.find("default-src 'none'") != std::string::npos);
  CHECK(policy.find("sandbox") != std::string::npos);
  CHECK(policy.find("script") == std::string::npos);

  const http::Response text =
      harness.call(http::Method::get, preview + "?format=text&language=de-CH&case=partly_refunded");
  CHECK(text.content_type == "text/plain; charset=utf-8");
  CHECK(text.body.find("Erstattung: 44,48 EUR") != std::string::npos);
  CHECK(header(text, "Content-Language") == "de");

  const http::Response mail = harness.call(
      http::Method::get,
      "/v1/notifications/templates/order_confirmation/preview?format=mail&language=de");
  const ParsedMail parsed = parse_mail(mail.body);
  CHECK(parsed.header("To") == "reader@example.com");
  CHECK(parsed.header("List-Unsubscribe") == "<https://example.com/unsubscribe>");
  CHECK(parsed.parts.size() == 2);
  CHECK(parsed.parts[1].body.find("Book &lt;1&gt; &amp; Co") != std::string::npos);

  for (const char* query : {"?format=pdf", "?language=german", "?case=lost", "?kind=x"}) {
    CAPTURE(query);
    CHECK(get_json(harness, preview + query, 400).at("type") == "/problems/bad-parameter");
  }
  CHECK(get_json(harness, "/v1/notifications/templates/gossip/preview", 404).at("type") ==
        "/problems/template-not-found");
}

}  // namespace orderflow::notifications
