// The executable and a real mail server, through what a mail server does.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "smtp/mail_server.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

const Certificate& certificate() {
  static const Certificate one;
  return one;
}

MailServerOptions server_options(std::uint16_t port = 0) {
  return {.security = "starttls",
          .certificate = &certificate(),
          .username = "shop",
          .password = "correct horse",
          .port = port};
}

/// A node that sends to a server, with few attempts and short waits.
Settings settings_for(std::uint16_t port, int attempts_max = 3) {
  return {{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "smtp"},
          {"ORDERFLOW_NOTIFICATIONS_SMTP_HOST", "127.0.0.1"},
          {"ORDERFLOW_NOTIFICATIONS_SMTP_PORT", std::to_string(port)},
          {"ORDERFLOW_NOTIFICATIONS_SMTP_USERNAME", "shop"},
          {"ORDERFLOW_NOTIFICATIONS_SMTP_PASSWORD", "correct horse"},
          {"ORDERFLOW_NOTIFICATIONS_SMTP_CA_FILE", certificate().file()},
          {"ORDERFLOW_NOTIFICATIONS_UNSUBSCRIBE_URL", "https://shop.example"},
          {"ORDERFLOW_NOTIFICATIONS_RETRY_FIRST_DELAY_MS", "20"},
          {"ORDERFLOW_NOTIFICATIONS_RETRY_DELAY_MAX_MS", "200"},
          {"ORDERFLOW_NOTIFICATIONS_RETRY_ATTEMPTS_MAX", std::to_string(attempts_max)}};
}

json destination(HttpClient& client) {
  const json found = get(client, "/v1/admin/destinations");
  for (const json& one : found.at("destinations")) {
    if (one.at("name") == "smtp") return one;
  }
  throw std::runtime_error("no destination smtp");
}

/// How often each Message-ID has arrived.
std::map<std::string, int> copies(MailServer& server) {
  std::map<std::string, int> counts;
  const json mails = server.mails();
  for (const json& mail : mails)
    ++counts[header_of(mail, "Message-ID")];
  return counts;
}

bool each_came_once(MailServer& server) {
  return std::ranges::all_of(copies(server), [](const auto& one) { return one.second == 1; });
}

std::size_t dead_letters(HttpClient& client) {
  return get(client, "/v1/admin/dead-letters").at("deadLetters").size();
}

/// Where the link of a mail leads to on the node.
std::string unsubscribe_target(const json& mail) {
  const std::string ways = header_of(mail, "List-Unsubscribe");
  const std::string base = "https://shop.example";
  const std::size_t begin = ways.find(base) + base.size();
  return ways.substr(begin, ways.find('>') - begin);
}

/// What a node logs when it refuses to start.
std::string refusal(const Settings& changes) {
  const TemporaryFolder folder;
  Settings settings = settings_for(2525);
  for (const auto& change : changes) {
    std::erase_if(settings, [&](const auto& one) { return one.first == change.first; });
    if (!change.second.empty()) settings.push_back(change);
  }
  Process process(serve_command(folder.path(), settings));
  const auto exit = process.wait(60s);
  REQUIRE(exit);
  CHECK(exit->code == 2);
  CHECK(process.output().find("listening on") == std::string::npos);
  return process.errors();
}

void check_text(const std::string& text, const std::vector<std::string>& parts) {
  CAPTURE(text);
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("while the server is away mails wait and use up nothing; all arrive, each once") {
  constexpr int orders = 20;
  std::optional<MailServer> server(server_options());
  const std::uint16_t port = server->port();
  server.reset();
  const TemporaryFolder folder;
  {
    // A single attempt: one that the outage uses up is a dead letter.
    Node node(folder.path(), settings_for(port, 1));
    HttpClient client(node.port());
    std::vector<std::string> ids;
    for (int number = 1; number <= orders; ++number)
      ids.push_back(place(client, order_of("u-" + std::to_string(number), 700)).at("id"));
    const std::string late = place(client, order_of("late", 700)).at("id");
    for (const std::string& id : ids)
      CHECK(settled(client, id).at("status") == "PROCESSED");
    settled(client, late);
    wait_until("the circuit opens", [&] { return destination(client).at("opened") > 0; });
    // An outage that is longer than all attempts together.
    wait_until("the circuit opens again", [&] { return destination(client).at("opened") > 1; });
    CHECK(client
              .send("PUT", "/v1/users/late/notification-preferences",
                    {{"Content-Type", "application/json"}}, R"({"optedOut": true})")
              .status == 200);
    CHECK(dead_letters(client) == 0);

    server.emplace(server_options(port));
    for (const std::string& id : ids)
      notified(client, id);
    const json skipped = notified(client, late, "skipped");
    CHECK(skipped[0].at("skippedBecause") == "opted_out");
    CHECK(dead_letters(client) == 0);
    CHECK(destination(client).at("circuit") == "closed");
    CHECK(copies(*server).size() == 2 * orders);
    CHECK(each_came_once(*server));
  }
  check_sound(folder.path());
}

TEST_CASE("a greylisted mail comes later and once, a refused one is given up at once") {
  MailServer server(server_options());
  const TemporaryFolder folder;
  Node node(folder.path(), settings_for(server.port()));
  HttpClient client(node.port());
  server.behave("try_later", 2);
  const std::string id = place(client, order_of("u-1", 700)).at("id");
  const json notifications = notified(client, id);
  int attempts = 0;
  for (const json& one : notifications)
    attempts += one.at("attempts").get<int>();
  CHECK(attempts == 4);
  CHECK(copies(server).size() == 2);
  CHECK(each_came_once(server));

  server.behave("refuse_recipient", 2);
  const std::string refused = place(client, order_of("u-2", 700)).at("id");
  for (const json& one : notified(client, refused, "failed")) {
    CHECK(one.at("attempts") == 1);
    CHECK(one.at("error") == "the server answered: 550 5.1.1 <u***@example.com>: no such mailbox");
  }
  CHECK(dead_letters(client) == 2);
  CHECK(destination(client).at("opened") == 0);
}

TEST_CASE("mails that were cut after the final dot come again as the same mails") {
  MailServer server(server_options());
  const TemporaryFolder folder;
  Settings settings = settings_for(server.port());
  settings.emplace_back("ORDERFLOW_NOTIFICATIONS_SMTP_MAX_CONNECTIONS", "1");
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  server.behave("cut", 1);
  const std::string id = place(client, order_of("u-1", 700)).at("id");
  notified(client, id);
  std::map<std::string, std::vector<std::string>> sources;
  const json mails = server.mails();
  for (const json& mail : mails)
    sources[header_of(mail, "Message-ID")].push_back(mail.at("source"));
  CHECK(sources.size() == 2);
  CHECK(mails.size() == 3);
  for (const auto& source : sources) {
    const auto& all = source.second;
    CHECK(std::ranges::all_of(all, [&](const auto& one) { return one == all.front(); }));
  }
}

TEST_CASE("a node that stops while the server hangs ends in time, and sends at its next start") {
  MailServer server(server_options());
  const TemporaryFolder folder;
  Settings settings = settings_for(server.port());
  settings.emplace_back("ORDERFLOW_NODE_DRAIN_LIMIT_MS", "200");
  std::string id;
  {
    Node node(folder.path(), settings);
    HttpClient client(node.port());
    server.behave("hang", 2);
    id = place(client, order_of("u-1", 700)).at("id");
    settled(client, id);
    wait_until("both mails hang", [&] { return server.counts().at("misbehaved") == 2; });
    node.stop();
  }
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  for (const json& one : notified(client, id))
    CHECK(one.at("attempts") == 1);
  CHECK(copies(server).size() == 2);
  CHECK(each_came_once(server));
}

TEST_CASE("a mail program's one click ends one kind of mail") {
  MailServer server(server_options());
  const TemporaryFolder folder;
  Node node(folder.path(), settings_for(server.port()));
  HttpClient client(node.port());
  notified(client, place(client, order_of("u-1", 700)).at("id"));
  const json mails = server.mails();
  const auto confirmation = std::ranges::find_if(mails, [](const json& mail) {
    return header_of(mail, "Subject").starts_with("We have received");
  });
  REQUIRE(confirmation != mails.end());
  const std::string target = unsubscribe_target(*confirmation);
  CHECK(client.get(target).status == 200);
  CHECK(client
            .send("POST", target, {{"Content-Type", "application/x-www-form-urlencoded"}},
                  "List-Unsubscribe=One-Click")
            .status == 200);

  const std::string id = place(client, order_of("u-1", 700)).at("id");
  settled(client, id);
  wait_until("the buyer is notified of the outcome", [&] { return server.mails().size() == 3; });
  CHECK(header_of(server.mails()[2], "Subject") == "Your order " + id + " is confirmed");
}

TEST_CASE("settings that could not work stop the start and name the key") {
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_SMTP_HOST", ""}}),
             {"notifications.smtp.host", "is needed"});
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_SMTP_PASSWORD", ""}}),
             {"notifications.smtp.password", "ORDERFLOW_NOTIFICATIONS_SMTP_PASSWORD"});
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_SMTP_CA_FILE", "/nowhere/ca.pem"}}),
             {"notifications.smtp.caFile", "/nowhere/ca.pem", "No such file"});
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_SMTP_CA_FILE", certificate().key_file()}}),
             {"notifications.smtp.caFile", "holds no certificate"});
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_SMTP_SECURITY", "none"},
                      {"ORDERFLOW_NOTIFICATIONS_SMTP_HOST", "mail.example.com"}}),
             {"notifications.smtp.security", "loopback"});
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_TEMPLATES", "/nowhere/templates"}}),
             {"notifications.templates", "/nowhere/templates", "No such file"});
}

TEST_CASE("a template that is not sound stops the start by file, line and names") {
  const TemporaryFolder templates;
  std::ofstream(templates.path() / "order_outcome.de.txt") << "Hallo\n{{betrag}}\n";
  check_text(refusal({{"ORDERFLOW_NOTIFICATIONS_TEMPLATES", templates.path().string()}}),
             {"notifications.templates", "order_outcome.de.txt:2", "{{betrag}}", "{{amount}}"});
}

}  // namespace orderflow::test
