// What a released version has left behind, taken up by this one: every order as it was answered,
// and the work that was waiting done.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "core/clock.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace orderflow::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The versions whose databases are kept.
std::set<std::string> released_versions() {
  std::set<std::string> versions;
  for (const auto& entry : fs::directory_iterator(ORDERFLOW_RELEASED_DATABASES)) {
    if (entry.path().extension() == ".json") versions.insert(entry.path().stem().string());
  }
  return versions;
}

/// A data folder as the version left it, and what it had answered.
class ReleasedNode {
 public:
  explicit ReleasedNode(const std::string& version) {
    const fs::path kept = fs::path(ORDERFLOW_RELEASED_DATABASES) / version;
    recorded_ = json::parse(text_of(kept.string() + ".json"));
    const fs::path packed = folder_.path() / "orderflow.db.gz";
    fs::copy_file(kept.string() + ".db.gz", packed);
    Process unpacking({.executable = "/bin/gzip", .arguments = {"-d", packed.string()}});
    REQUIRE(unpacking.wait(std::chrono::seconds(60)) == ExitStatus{.code = 0});
  }

  const fs::path& data() const { return folder_.path(); }
  const json& recorded() const { return recorded_; }
  std::string text(const char* member) const { return recorded_.at(member).get<std::string>(); }

 private:
  TemporaryFolder folder_;
  json recorded_;
};

/// Whether all that was answered is answered still; members may have come.
bool still_has(const json& now, const json& before) {
  if (before.is_object()) {
    for (const auto& [name, value] : before.items()) {
      // Differs from request to request.
      if (name == "correlationId" && !before.contains("id")) continue;
      if (!now.contains(name) || !still_has(now.at(name), value)) return false;
    }
    return true;
  }
  if (before.is_array()) {
    if (now.size() != before.size()) return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!still_has(now[i], before[i])) return false;
    }
    return true;
  }
  return now == before;
}

unsigned post_nothing(HttpClient& client, const std::string& target) {
  return client.send("POST", target, {}, "").status;
}

void check_answers(HttpClient& client, const json& answers) {
  for (const auto& answer : answers.items()) {
    const std::string& path = answer.key();
    const json& before = answer.value();
    const json now = get(client, path);
    INFO(path, "\nbefore ", before.dump(), "\nnow    ", now.dump());
    CHECK(still_has(now, before));
  }
}

TEST_CASE("every released version but this one has left its database") {
  const std::string changelog = text_of(ORDERFLOW_CHANGELOG);
  const std::regex heading("\n## ([0-9.]+), ");
  std::set<std::string> expected;
  for (std::sregex_iterator found(changelog.begin(), changelog.end(), heading), end; found != end;
       ++found) {
    if ((*found)[1] != ORDERFLOW_VERSION) expected.insert((*found)[1]);
  }
  CHECK_FALSE(expected.empty());
  CHECK(released_versions() == expected);
}

TEST_CASE("the doctor examines the database of an older version, and changes nothing") {
  for (const std::string& version : released_versions()) {
    CAPTURE(version);
    const ReleasedNode released(version);
    const json report = run_doctor(released.data());
    CHECK(report.at("ok") == true);
    CHECK(report.at("madeBy") == version);
    CHECK(report.at("openedBy") == version);
  }
}

TEST_CASE("a node on the database of an older version answers as that version did") {
  for (const std::string& version : released_versions()) {
    CAPTURE(version);
    const ReleasedNode released(version);
    {
      Node node(released.data());
      HttpClient client(node.port());
      check_answers(client, released.recorded().at("answers"));
      node.stop();
    }
    const json report = run_doctor(released.data());
    CHECK(report.at("ok") == true);
    CHECK(report.at("madeBy") == version);
    CHECK(report.at("openedBy") == ORDERFLOW_VERSION);
  }
}

TEST_CASE("work that an older version left waiting is done after the upgrade") {
  for (const std::string& version : released_versions()) {
    CAPTURE(version);
    const ReleasedNode released(version);
    Node node(released.data());
    HttpClient client(node.port());
    // A migration renames a cursor; one that it left would hold the log permanently.
    CHECK(get(client, "/v1/admin/subscriptions").at("notHosted").empty());
    CHECK(post_nothing(client, "/v1/admin/subscriptions/billing.capture/resume") == 200);
    CHECK(settled(client, released.text("waiting")).at("status") == "PROCESSED");
    const std::string letter = released.text("letter");
    CHECK(post_nothing(client, "/v1/admin/dead-letters/" + letter + "/replay") == 202);
    CHECK(settled(client, released.text("dead")).at("status") == "PROCESSED");
    notified(client, released.text("dead"));
    node.stop();
    check_sound(released.data());
  }
}

/// The key was sent when the database was made; such a retry comes within hours.
void make_keys_recent(const fs::path& data) {
  storage::Connection connection(data / "orderflow.db", storage::Connection::Mode::read_write);
  connection.session("orders").execute("UPDATE orders_idempotency SET created_at = ?1",
                                       core::to_micros(core::SystemClock().now()));
}

TEST_CASE("a retry across the upgrade places no second order") {
  for (const std::string& version : released_versions()) {
    CAPTURE(version);
    const ReleasedNode released(version);
    make_keys_recent(released.data());
    Node node(released.data());
    HttpClient client(node.port());
    const json& first = released.recorded().at("idempotent");
    const HttpHeaders headers{{"Content-Type", "application/json"},
                              {"Idempotency-Key", first.at("key").get<std::string>()}};
    const HttpResponse again =
        client.send("POST", "/v1/orders", headers, first.at("body").get<std::string>());
    CHECK(again.status == 201);
    CHECK(again.json().at("id") == first.at("order"));
    CHECK(again.header("idempotent-replayed") == "true");
    node.stop();
  }
}

}  // namespace
}  // namespace orderflow::test
