// API keys as their administrator handles them, on the real executable.
#include "acceptance/support/keys.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

unsigned status_of(Node& node, const std::string& key, const std::string& target) {
  return HttpClient(node.port()).send("GET", target, bearer(key), "").status;
}

TEST_CASE("a node requires the keys that were made before its start") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  const json reader = make_key(data, "reader", {"orders:read"});
  Node node(data);
  CHECK(status_of(node, "", "/v1/orders") == 401);
  CHECK(status_of(node, reader["key"], "/v1/orders") == 200);
  CHECK(status_of(node, reader["key"], "/v1/admin/keys") == 403);
  CHECK(status_of(node, "", "/healthz") == 200);
  CHECK(status_of(node, "", "/readyz") == 200);
}

TEST_CASE("the first key closes a running node, and others are made with it") {
  TemporaryFolder folder;
  Node node(folder.path());
  CHECK(status_of(node, "", "/v1/orders") == 200);
  const std::string admin = make_key(folder.path(), "chief", {"admin"})["key"];
  CHECK(status_of(node, "", "/v1/orders") == 401);

  const CommandRun refused = keys_command(folder.path(), {"list"});
  CHECK(refused.code == 1);
  CHECK(refused.errors.find("A valid API key is required") != std::string::npos);
  CHECK(refused.output.empty());

  const json shop = make_key(folder.path(), "shop", {"orders:read", "orders:write"}, admin, "90d");
  CHECK(shop["scopes"] == json({"orders:read", "orders:write"}));
  CHECK(status_of(node, shop["key"], "/v1/orders") == 200);

  const CommandRun list = keys_command(folder.path(), {"list"}, admin);
  CHECK(list.code == 0);
  CHECK(list.output.find("shop") != std::string::npos);
  CHECK(list.output.find("orders:read orders:write") != std::string::npos);
  CHECK(list.output.find(shop["key"].get<std::string>().substr(21)) == std::string::npos);

  const CommandRun revoked =
      keys_command(folder.path(), {"revoke", shop["id"].get<std::string>(), "--json"}, admin);
  CHECK(revoked.code == 0);
  CHECK(revoked.json()["state"] == "revoked");
  CHECK(status_of(node, shop["key"], "/v1/orders") == 401);
}

TEST_CASE("a key is rotated without a stop: for the overlap both are valid") {
  TemporaryFolder folder;
  const std::string admin = make_key(folder.path(), "chief", {"admin", "orders:write"})["key"];
  const json old = make_key(folder.path(), "shop", {"orders:read", "orders:write"});
  Node node(folder.path());
  const std::string id = old["id"];
  const CommandRun rotated = keys_command(folder.path(), {"rotate", id, "--json"}, admin);
  REQUIRE(rotated.code == 0);
  const std::string fresh = rotated.json()["key"];
  CHECK(status_of(node, old["key"], "/v1/orders") == 200);
  CHECK(status_of(node, fresh, "/v1/orders") == 200);

  SUBCASE("and an idempotency key sent again with the new one is the same request") {
    const auto send = [&](const std::string& key) {
      HttpHeaders headers = bearer(key);
      headers.emplace_back("Idempotency-Key", "one");
      return HttpClient(node.port()).post("/v1/orders", order_of("ada", 500), headers);
    };
    const HttpResponse first = send(old["key"]);
    REQUIRE(first.status == 201);
    CHECK(send(fresh).json()["id"] == first.json()["id"]);
    CHECK(send(admin).json()["id"] != first.json()["id"]);
  }
  SUBCASE("without an overlap the old one ends at once") {
    const std::string next = rotated.json()["id"];
    REQUIRE(keys_command(folder.path(), {"rotate", next, "--overlap", "0s"}, admin).code == 0);
    CHECK(status_of(node, fresh, "/v1/orders") == 401);
  }
}

TEST_CASE("a new key that is named as a revoked one gets none of its idempotent answers") {
  TemporaryFolder folder;
  const std::string admin = make_key(folder.path(), "chief", {"admin"})["key"];
  const json first = make_key(folder.path(), "shop", {"orders:write"});
  Node node(folder.path());
  const auto place_by = [&](const json& key, int price) {
    HttpHeaders headers = bearer(key["key"]);
    headers.emplace_back("Idempotency-Key", "one");
    return HttpClient(node.port()).post("/v1/orders", order_of("ada", price), headers);
  };
  const HttpResponse before = place_by(first, 500);
  REQUIRE(before.status == 201);
  REQUIRE(keys_command(folder.path(), {"revoke", first["id"].get<std::string>()}, admin).code == 0);

  const json second = make_key(folder.path(), "shop", {"orders:write"}, admin);
  const HttpResponse same = place_by(second, 500);
  CHECK(same.status == 201);
  CHECK(same.json()["id"] != before.json()["id"]);
  CHECK(same.header("idempotent-replayed").empty());
  CHECK(place_by(second, 500).json()["id"] == same.json()["id"]);
}

TEST_CASE("what is done with keys is in the audit log, under the name of the key that did it") {
  TemporaryFolder folder;
  const std::string admin = make_key(folder.path(), "chief", {"admin"})["key"];
  Node node(folder.path());
  const json shop = make_key(folder.path(), "shop", {"orders:read"}, admin);
  HttpClient client(node.port());
  client.send("POST", "/v1/admin/subscriptions/users.statistics/pause", bearer(admin), "");
  client.send("POST", "/v1/admin/backup", bearer(admin), "");
  const json entries =
      client.send("GET", "/v1/admin/audit", bearer(admin), "").json().at("entries");
  REQUIRE(entries.size() == 4);
  CHECK(entries[0]["action"] == "backup");
  CHECK(entries[0]["actor"] == "chief");
  CHECK(entries[1]["action"] == "pause");
  CHECK(entries[1]["actor"] == "chief");
  CHECK(entries[2]["action"] == "create-key");
  CHECK(entries[2]["actor"] == "chief");
  CHECK(entries[2]["detail"]["apiKey"] == shop["id"]);
  CHECK(entries[3]["actor"] == "command-line");
  CHECK(entries[3]["detail"]["name"] == "chief");
  CHECK(entries[2].dump().find(shop["key"].get<std::string>().substr(21)) == std::string::npos);
}

TEST_CASE("wrong use of the command is reported, and changes nothing") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  struct Wrong {
    std::vector<std::string> arguments;
    int code;
    std::string message;
  };
  const std::vector<Wrong> wrongs{
      {{}, 2, "subcommand"},
      {{"create", "--name", "shop"}, 2, "--scope"},
      {{"create", "--scope", "admin"}, 2, "--name"},
      {{"create", "--name", "shop", "--scope", "everything"}, 2, "orders:read"},
      {{"create", "--name", "two words", "--scope", "admin"}, 2, "--name"},
      {{"create", "--name", "local", "--scope", "admin"}, 2, "--name"},
      {{"create", "--name", "shop", "--scope", "admin", "--expires", "soon"}, 2, "90d"},
      {{"create", "--name", "shop", "--scope", "admin", "--expires", "0s"}, 2, "--expires"},
      {{"list"}, 1, "there is no node in"},
      {{"revoke"}, 2, "ID"},
      {{"list", "--url", "http://127.0.0.1:1"}, 4, "no answer from http://127.0.0.1:1"},
  };
  for (const Wrong& wrong : wrongs) {
    std::string given;
    for (const std::string& argument : wrong.arguments)
      given += argument + " ";
    CAPTURE(given);
    const CommandRun run = keys_command(data, wrong.arguments);
    CAPTURE(run.errors);
    CHECK(run.code == wrong.code);
    CHECK(run.errors.find(wrong.message) != std::string::npos);
    CHECK(run.output.empty());
  }
  make_key(data, "shop", {"admin"});
  CHECK(keys_command(data, {"create", "--name", "shop", "--scope", "admin"}).errors.find("named") !=
        std::string::npos);
  CHECK(keys_command(data, {"revoke", "0000000000000000"}).code == 1);
  CHECK(keys_command(data, {"list", "--json"}).json()["keys"].size() == 1);
}

TEST_CASE("each command has help") {
  TemporaryFolder folder;
  for (const char* name : {"create", "list", "revoke", "rotate"}) {
    const CommandRun run = keys_command(folder.path(), {name, "--help"});
    CHECK(run.code == 0);
    CHECK(run.output.find("--json") != std::string::npos);
  }
}

TEST_CASE("a key of the scope admin makes keys of any scope, and the help states it") {
  TemporaryFolder folder;
  const std::string admin = make_key(folder.path(), "chief", {"admin"})["key"];
  Node node(folder.path());
  CHECK(status_of(node, admin, "/v1/orders") == 403);
  const json reader = make_key(folder.path(), "reader", {"orders:read"}, admin);
  CHECK(status_of(node, reader["key"], "/v1/orders") == 200);
  const CommandRun help = keys_command(folder.path(), {"--help"});
  CHECK(help.output.find("makes keys of any scope") != std::string::npos);
}

TEST_CASE("a node that others could reach does not start without TLS and a valid key") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  Command command = serve_command(data);
  const auto host = std::find(command.arguments.begin(), command.arguments.end(), "--host");
  *std::next(host) = "0.0.0.0";
  const auto refusal = [&](const char* message = "orderflow keys create") {
    Process process(command);
    const auto exit = process.wait(60s);
    REQUIRE(exit);
    CHECK(exit->code == 2);
    CHECK(process.errors().find(message) != std::string::npos);
  };
  refusal("http.plainBeyondLoopback");
  command.environment.emplace_back("ORDERFLOW_HTTP_PLAIN_BEYOND_LOOPBACK", "true");
  refusal();
  CHECK_FALSE(std::filesystem::exists(data));
  const json key = make_key(data, "chief", {"admin"});
  REQUIRE(keys_command(data, {"revoke", key["id"].get<std::string>()}).code == 0);
  refusal();

  make_key(data, "chief", {"admin"});
  Process process(command);
  const auto line = process.wait_for_line("listening on http://0.0.0.0:", 60s);
  REQUIRE(line);
  const auto port = static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1)));
  CHECK(HttpClient(port).get("/v1/orders").status == 401);
  process.send(SIGTERM);
  CHECK(process.wait(60s) == ExitStatus{.code = 0});
}

TEST_CASE("what a node writes is accessible to its user alone, whatever the umask") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  const ::mode_t before = ::umask(0);
  { const Node first(data); }
  ::chmod((data / "orderflow.db").c_str(), 0644);
  {
    Node node(data);
    HttpClient client(node.port());
    settled(client, place(client, order_of("ada", 500))["id"]);
    CHECK(client.send("POST", "/v1/admin/backup", {}, "").status == 201);
    int seen = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
      CAPTURE(entry.path());
      struct stat state {};
      REQUIRE(::stat(entry.path().c_str(), &state) == 0);
      CHECK((state.st_mode & 077) == 0);
      ++seen;
    }
    CHECK(seen >= 5);
  }
  ::umask(before);
}

}  // namespace
}  // namespace orderflow::test
