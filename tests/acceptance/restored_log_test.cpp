// What readers of the log get after it was restored from a backup.
#include "acceptance/support/event_stream.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <string>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A node whose log was restored from a backup that was made a while before.
struct RestoredLog {
  RestoredLog() {
    place_settled("before");
    const HttpResponse backup = client->send("POST", "/v1/admin/backup", {}, "");
    REQUIRE(backup.status == 201);
    backup_end = end();
    old_life = get(*client, "/v1/events").at("life");
    for (int i = 0; i < 3; ++i)
      place_settled("lost");
    lost_end = end();
    node->stop();
    client.reset();
    node.reset();
    const fs::path file = backup.json().at("file").get<std::string>();
    fs::create_directory(restored);
    fs::copy_file(file, restored / "orderflow.db");
    start(restored);
    life = get(*client, "/v1/events").at("life");
  }

  void start(const fs::path& place) {
    node.emplace(place, Settings{{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"}});
    client.emplace(node->port());
  }

  void place_settled(const std::string& user) {
    settled(*client, place(*client, order_of(user, 100)).at("id"));
  }

  /// The position of the newest event.
  std::int64_t end() { return get(*client, "/v1/admin/subscriptions").at("newest"); }

  TemporaryFolder folder;
  fs::path data = folder.path() / "data";
  fs::path restored = folder.path() / "restored";
  std::optional<Node> node{std::in_place, data,
                           Settings{{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"}}};
  std::optional<HttpClient> client{std::in_place, node->port()};
  std::int64_t backup_end = 0;
  std::int64_t lost_end = 0;
  std::string old_life;
  std::string life;
};

std::string named(const std::string& incarnation, std::int64_t position) {
  return incarnation + '.' + std::to_string(position);
}

TEST_CASE_FIXTURE(
    RestoredLog,
    "a position beyond the end of a restored log is gone, and the answer names where to begin") {
  CHECK(life != old_life);
  const HttpResponse gone = client->get("/v1/events?after=" + std::to_string(lost_end));
  CHECK(gone.status == 410);
  CHECK(gone.json().at("type") == "/problems/place-not-in-log");
  CHECK(gone.json().at("life") == life);
  CHECK(gone.header("orderflow-log-life") == life);
  const std::string next = gone.json().at("next");
  CHECK(std::stoll(next) >= backup_end);
  CHECK(std::stoll(next) < lost_end);
  const HttpResponse page = client->get("/v1/events?after=" + next);
  CHECK(page.status == 200);
  CHECK(page.header("orderflow-log-life") == life);
}

TEST_CASE_FIXTURE(
    RestoredLog,
    "a position that names the old incarnation is gone even when the new log has grown past it") {
  while (end() <= lost_end)
    place_settled("after");
  CHECK(client->get("/v1/events?after=" + std::to_string(lost_end)).status == 200);
  const HttpResponse gone = client->get("/v1/events?after=" + named(old_life, lost_end));
  CHECK(gone.status == 410);
  const std::string next = gone.json().at("next");
  CHECK(next.starts_with(life + "."));
  const json page = get(*client, "/v1/events?limit=1&after=" + next);
  CHECK(page.at("events").size() == 1);
  CHECK(page.at("next").get<std::string>().starts_with(life + "."));
  CHECK(get(*client, "/v1/events?limit=1&after=0").at("next") == "1");
}

TEST_CASE_FIXTURE(
    RestoredLog,
    "a stream whose reader is ahead of a restored log reports it and continues from there") {
  EventStream stream(node->port(), std::to_string(lost_end));
  const EventStream::Message first = stream.next();
  CHECK(first.event == "log.restored");
  CHECK(first.data.at("life") == life);
  CHECK(first.data.at("next") == first.id);
  CHECK(std::stoll(first.id) < lost_end);
  place_settled("after");
  const EventStream::Message second = stream.next();
  CHECK(std::stoll(second.id) == std::stoll(first.id) + 1);
}

TEST_CASE_FIXTURE(RestoredLog,
                  "a reader that names incarnations is given ids that name them, and misses "
                  "nothing of the new one") {
  while (end() <= lost_end)
    place_settled("after");
  EventStream stream(node->port(), named(old_life, lost_end));
  const EventStream::Message first = stream.next();
  CHECK(first.event == "log.restored");
  CHECK(first.id.starts_with(life + "."));
  const EventStream::Message second = stream.next();
  CHECK(second.id == named(life, std::stoll(first.id.substr(life.size() + 1)) + 1));
  EventStream again(node->port(), second.id);
  CHECK(again.next().id == named(life, std::stoll(second.id.substr(life.size() + 1)) + 1));
}

}  // namespace
}  // namespace orderflow::test
