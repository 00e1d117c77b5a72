// A node with settings that make no sense does not start, and reports what to change.
#include "acceptance/support/node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

/// What the node logs when it refuses to start.
std::string refusal(const Command& command) {
  Process process(command);
  const auto exit = process.wait(60s);
  REQUIRE(exit);
  CHECK(exit->code > 0);
  CHECK(process.output().find("listening on") == std::string::npos);
  return process.errors();
}

std::filesystem::path write_settings(const TemporaryFolder& folder, const std::string& text) {
  const auto file = folder.path() / "settings.json";
  std::ofstream(file) << text;
  return file;
}

void check_text(const std::string& text, std::initializer_list<std::string> parts) {
  CAPTURE(text);
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("a value out of range is reported with file, line, key and what is allowed") {
  TemporaryFolder folder;
  const auto file = write_settings(folder, "{\n  \"http\": {\n    \"port\": 70000\n  }\n}\n");
  Command command = serve_command(folder.path() / "data", {}, file);
  const auto port = std::find(command.arguments.begin(), command.arguments.end(), "--port");
  command.arguments.erase(port, port + 2);
  check_text(refusal(command), {file.string() + ":3:", "http.port", "70000", "65535"});
}

TEST_CASE("a wrong type is reported with the key and what is allowed") {
  TemporaryFolder folder;
  const auto file = write_settings(folder, R"({"notifications": {"channel": 5}})");
  check_text(refusal(serve_command(folder.path() / "data", {}, file)),
             {file.string(), "notifications.channel", "5", "file", "none"});
}

TEST_CASE("an unknown key is reported with the one that was probably meant") {
  TemporaryFolder folder;
  const auto file = write_settings(folder, R"({"http": {"prot": 8080}})");
  check_text(refusal(serve_command(folder.path() / "data", {}, file)),
             {file.string(), "http.prot", "port"});
}

TEST_CASE("a file that is not JSON is reported with the line") {
  TemporaryFolder folder;
  const auto file = write_settings(folder, "{\n  \"http\": {\n}\n");
  check_text(refusal(serve_command(folder.path() / "data", {}, file)), {file.string() + ":"});
}

TEST_CASE("a missing file is reported by its name") {
  TemporaryFolder folder;
  const auto file = folder.path() / "nowhere.json";
  check_text(refusal(serve_command(folder.path() / "data", {}, file)), {file.string()});
}

TEST_CASE("a bad value and an unknown name in the environment are reported by their variable") {
  TemporaryFolder folder;
  check_text(refusal(serve_command(folder.path() / "data", {{"ORDERFLOW_HTTP_PORT", "high"},
                                                            {"ORDERFLOW_HTTP_PROT", "1"}})),
             {"ORDERFLOW_HTTP_PORT", "high", "65535", "ORDERFLOW_HTTP_PROT"});
}

TEST_CASE("a flag and a module that do not exist are refused") {
  TemporaryFolder folder;
  Command command = serve_command(folder.path() / "data");
  command.arguments.push_back("--colour");
  check_text(refusal(command), {"--colour"});
  command.arguments.back() = "--modules";
  command.arguments.push_back("orders,shipping");
  check_text(refusal(command), {"shipping", "billing"});
}

TEST_CASE("nothing is written where the settings are refused") {
  TemporaryFolder folder;
  refusal(serve_command(folder.path() / "data", {{"ORDERFLOW_HTTP_PROT", "1"}}));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "data"));
}

TEST_CASE("a data folder is not served with other modules than before, unless that is meant") {
  TemporaryFolder folder;
  const auto some = [&](const std::string& modules) {
    return serve_command(folder.path(), {{"ORDERFLOW_NODE_MODULES", modules}});
  };
  Node(folder.path()).stop();
  check_text(refusal(some("orders,users")),
             {"without billing, notifications, webhooks", "node.modules", "--accept-modules"});
  Node(folder.path()).stop();  // it is as it was
  Node(folder.path(), {{"ORDERFLOW_NODE_MODULES", "orders,users"}}, {"--accept-modules"}).stop();
  check_text(refusal(some("orders,users,billing")), {"with billing"});
  Node(folder.path(), {{"ORDERFLOW_NODE_MODULES", "orders,users"}}).stop();
}

}  // namespace
}  // namespace orderflow::test
