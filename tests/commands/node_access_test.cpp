// How commands find a node and show it a key.
#include "acceptance/support/node.hpp"
#include "commands/shell.hpp"
#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <fstream>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = sanitized ? 90s : 30s;

std::string key_of_scope(const std::filesystem::path& data, const std::string& scope) {
  return Shell()
      .run({"keys", "create", "--name", scope == "admin" ? "boss" : "reader", "--scope", scope,
            "--data", data.string(), "--json"})
      .json()
      .at("key");
}

TEST_CASE("a key comes from the environment or a private file, and its lack is explained") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  const std::string admin = key_of_scope(data, "admin");
  const std::string reader = key_of_scope(data, "orders:read");
  const auto file = folder.path() / "key";
  std::ofstream(file) << admin << "\n";
  ::chmod(file.c_str(), 0600);
  Node node(data);
  const Shell nobody(node.port());

  const CommandOutput refused = nobody.run({"subscriptions", "list"});
  CHECK(refused.code == 1);
  CHECK(refused.output.empty());
  CHECK(refused.errors.find("--key-file") != std::string::npos);
  CHECK(nobody.run({"events", "tail"}).code == 1);

  CHECK(nobody.run({"subscriptions", "list", "--key-file", file.string()}).code == 0);
  ::chmod(file.c_str(), 0644);
  const CommandOutput open = nobody.run({"subscriptions", "list", "--key-file", file.string()});
  CHECK(open.code == 2);
  CHECK(open.errors.find("--key-file") != std::string::npos);

  Shell boss(node.port());
  boss.set("ORDERFLOW_API_KEY", admin);
  CHECK(boss.run({"subscriptions", "list"}).code == 0);
  Shell narrow(node.port());
  narrow.set("ORDERFLOW_API_KEY", reader);
  CHECK(narrow.run({"orders", "list"}).code == 0);
  CHECK(narrow.run({"subscriptions", "list"}).code == 1);
  Shell broken(node.port());
  broken.set("ORDERFLOW_API_KEY", "a\r\nX-Evil: 1");
  CHECK(broken.run({"orders", "list"}).code == 2);
}

TEST_CASE("the settings name where the node is, where nothing else does") {
  TemporaryFolder folder;
  Node node(folder.path());
  Shell shell;
  shell.set("ORDERFLOW_HTTP_PORT", std::to_string(node.port()));
  CHECK(shell.run({"status"}).code == 0);
  shell.set("ORDERFLOW_URL", "http://127.0.0.1:1");
  CHECK(shell.run({"status"}).code == 4);
  CHECK(shell.run({"status", "--url", "http://127.0.0.1:" + std::to_string(node.port())}).code ==
        0);
  Shell open;
  open.set("ORDERFLOW_HTTP_PORT", "0");
  const CommandOutput unknown = open.run({"status"});
  CHECK(unknown.code == 2);
  CHECK(unknown.errors.find("--url") != std::string::npos);
  for (const char* url : {"127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://a/b",
                          "http://user@a", "http://a b"}) {
    CAPTURE(url);
    CHECK(open.run({"status", "--url", url}).code == 2);
  }
}

TEST_CASE("a key goes to another machine over TLS alone, unless that is meant") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  const std::string reader = key_of_scope(data, "orders:read");
  Node node(data);
  // This machine by an address that is not known to be its own.
  const std::string url = "http://0.0.0.0:" + std::to_string(node.port());
  Shell shell;
  shell.set("ORDERFLOW_API_KEY", reader);
  const std::vector<std::vector<std::string>> commands = {
      {"orders", "list"}, {"events", "tail"}, {"keys", "list"}};
  for (std::vector<std::string> arguments : commands) {
    arguments.insert(arguments.end(), {"--url", url});
    const CommandOutput result = shell.run(arguments);
    CHECK(result.code == 2);
    CHECK(result.errors.find("--plain-http") != std::string::npos);
  }
  CHECK(shell.run({"orders", "list", "--url", url, "--plain-http"}).code == 0);
  CHECK(shell.run({"orders", "list", "--url", "http://localhost:" + std::to_string(node.port())})
            .code == 0);
  shell.set("ORDERFLOW_PLAIN_HTTP", "true");
  CHECK(shell.run({"orders", "list", "--url", url}).code == 0);
  Shell unsure;
  unsure.set("ORDERFLOW_API_KEY", reader);
  unsure.set("ORDERFLOW_PLAIN_HTTP", "perhaps");
  CHECK(unsure.run({"orders", "list", "--url", url}).code == 2);
  // What is asked without a key sends none.
  Shell holder;
  holder.set("ORDERFLOW_API_KEY", reader);
  CHECK(holder.run({"status", "--alive", "--url", url}).code == 0);
}

TEST_CASE("what is mistyped shows neither a password nor a key") {
  const std::string key = "ofk_0123456789abcdef_" + std::string(64, '0');
  for (const char* url :
       {"http://ada:hunter2@127.0.0.1:8080", "ada:hunter2@host", "https://hunter2@"}) {
    Shell shell;
    shell.set("ORDERFLOW_URL", url);
    const CommandOutput result = shell.run({"status"});
    CHECK(result.code == 2);
    CHECK(result.errors.find("hunter2") == std::string::npos);
  }
  const std::vector<std::vector<std::string>> wrongs = {
      {"status", key}, {"status", "--key", key}, {"status", "--url", key}};
  for (const auto& arguments : wrongs) {
    const CommandOutput result = Shell().run(arguments);
    CHECK(result.code == 2);
    CHECK(result.errors.find("ofk_***") != std::string::npos);
    CHECK(result.errors.find(key.substr(4)) == std::string::npos);
  }
}

TEST_CASE("a node with TLS is believed by its certificate alone") {
  TemporaryFolder folder;
  const CertificateAuthority authority(folder.path(), "authority");
  const CertificateAuthority stranger(folder.path(), "stranger");
  const Certificate certificate = authority.issue("node", "IP:127.0.0.1");
  Process node(serve_command(folder.path() / "data",
                             {{"ORDERFLOW_HTTP_TLS_CERTIFICATE_FILE", certificate.file.string()},
                              {"ORDERFLOW_HTTP_TLS_KEY_FILE", certificate.private_key.string()}}));
  const auto line = node.wait_for_line("listening on https://", answer_limit);
  REQUIRE(line);
  const std::string url = line->substr(line->find("https://"));
  Shell shell;
  shell.set("ORDERFLOW_URL", url);
  CHECK(shell.run({"status", "--ca", authority.file().string()}).code == 0);
  CHECK(shell.run({"status", "--ca", stranger.file().string()}).code == 4);
  CHECK(shell.run({"status"}).code == 4);
  CHECK(shell.run({"events", "tail", "--ca", stranger.file().string()}).code == 4);
}

}  // namespace
}  // namespace orderflow::test
