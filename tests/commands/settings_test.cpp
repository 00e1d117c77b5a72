#include "acceptance/support/node.hpp"
#include "commands/shell.hpp"
#include "events/log/schema_check.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace orderflow::test {
namespace {

using nlohmann::json;

struct SettingsFolder {
  TemporaryFolder folder;
  std::string file = (folder.path() / "settings.json").string();
  Shell shell;

  void write(const std::string& text) { std::ofstream(file) << text; }
};

TEST_CASE_FIXTURE(SettingsFolder, "show prints each value and the exact place that it comes from") {
  write(
      "{\n  \"http\": {\"port\": 8181, \"threads\": 3}, // mine\n  \"log\": {\"level\": "
      "\"warn\"}\n}");
  shell.set("ORDERFLOW_HTTP_THREADS", "4");
  shell.set("ORDERFLOW_URL", "http://127.0.0.1:1");
  shell.set("ORDERFLOW_API_KEY", "no-setting");
  const json shown =
      shell.run({"config", "show", "--config", file, "--host", "::1", "--json"}).json();
  CHECK(shown["http.port"]["value"] == 8181);
  CHECK(shown["http.port"]["source"] == "file");
  CHECK(shown["http.port"]["where"] == file + ":2:12");
  CHECK(shown["http.threads"]["source"] == "environment");
  CHECK(shown["http.threads"]["where"] == "ORDERFLOW_HTTP_THREADS");
  CHECK(shown["http.host"]["source"] == "flag");
  CHECK(shown["node.data"]["source"] == "default");
  const CommandOutput changed = shell.run({"config", "show", "--config", file, "--changed"});
  CHECK(changed.output.find("http.threads") != std::string::npos);
  CHECK(changed.output.find("node.data") == std::string::npos);
}

TEST_CASE_FIXTURE(SettingsFolder, "no secret is ever shown") {
  write("{}");
  shell.set("ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY", "sk_live_hush");
  shell.set("RABBIT_MQ_URI", "amqp://user:hush@127.0.0.1");
  for (const char* flag : {"--json", "--changed"}) {
    const CommandOutput result = shell.run({"config", "show", "--config", file, flag});
    CAPTURE(result.errors);
    CHECK(result.code == 0);
    CHECK(result.output.find("hush") == std::string::npos);
    CHECK(result.output.find("********") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(SettingsFolder, "check reports every problem with its place, and ends with 2") {
  write("{\"http\": {\"prot\": 1}, \"log\": {\"level\": \"loud\"}}");
  const CommandOutput people = shell.run({"config", "check", "--config", file});
  CHECK(people.code == 2);
  CHECK(people.errors.find("http.prot") != std::string::npos);
  CHECK(people.errors.find("log.level") != std::string::npos);
  const CommandOutput scripts = shell.run({"config", "check", "--config", file, "--json"});
  CHECK(scripts.code == 2);
  CHECK(scripts.json()["valid"] == false);
  CHECK(scripts.json()["problems"].size() == 2);
  CHECK(shell.run({"config", "check", "--config", shipped_settings_file().string()}).code == 0);
}

TEST_CASE_FIXTURE(SettingsFolder,
                  "the schema takes the shipped file, and refuses what check refuses") {
  const std::string schema = shell.run({"config", "schema"}).output;
  std::ifstream in(shipped_settings_file());
  const json shipped = json::parse(in, nullptr, true, true);
  CHECK(events::check_schema(schema, shipped).empty());
  const json unchanged = json::object();
  CHECK(events::check_schema(schema, unchanged).empty());
  for (const char* bad :
       {R"({"http": {"port": 70000}})", R"({"http": {"port": "80"}})", R"({"http": {"prot": 1}})",
        R"({"htpp": {}})", R"({"log": {"level": "loud"}})", R"({"node": {"modules": []}})",
        R"({"node": {"modules": ["shipping"]}})", R"({"node": {"data": ""}})",
        R"({"billing": {"fraud": {"maxAmount": {"EUR": -1}}}})",
        R"({"billing": {"capture": {"retry": {"factor": "two"}}}})",
        R"({"rabbitmq": {"password": "hush"}})", R"({"http": {"host": "a\nb"}})"}) {
    CAPTURE(bad);
    write(bad);
    CHECK(shell.run({"config", "check", "--config", file}).code == 2);
    CHECK_FALSE(events::check_schema(schema, json::parse(bad)).empty());
  }
}

}  // namespace
}  // namespace orderflow::test
