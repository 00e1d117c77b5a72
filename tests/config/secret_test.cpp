#include "config/document.hpp"
#include "problems_of.hpp"
#include "settings_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

namespace orderflow::config {
namespace {

TEST_CASE("a secret comes from the environment") {
  Document document{{.environment = {"ORDERFLOW_GATEWAY_API_KEY=sk_1"}}};
  CHECK(document.section("gateway").secret("apiKey") == "sk_1");
  document.check();
}

TEST_CASE("a secret comes from a file that its owner alone can read, without its line end") {
  const SettingsFolder folder;
  for (const char* content : {"sk_2", "sk_2\n", "sk_2\r\n"}) {
    const auto secret = folder.write("secret", content);
    Document document{{.environment = {"ORDERFLOW_GATEWAY_API_KEY_FILE=" + secret.string()}}};
    CHECK(document.section("gateway").secret("apiKey") == "sk_2");
    document.check();
  }
}

TEST_CASE("the settings file may name the secret's file") {
  const SettingsFolder folder;
  const auto secret = folder.write("secret", "sk_3");
  const auto file = folder.write("s.json", R"({"apiKeyFile": ")" + secret.string() + R"("})");
  Document document{{.file = file}};
  CHECK(document.root().secret("apiKey") == "sk_3");
  document.check();
}

TEST_CASE("the environment is stronger than the secret's file") {
  const SettingsFolder folder;
  const auto secret = folder.write("secret", "from file");
  Document document{
      {.environment = {"ORDERFLOW_KEY=from environment", "ORDERFLOW_KEY_FILE=" + secret.string()}}};
  CHECK(document.root().secret("key") == "from environment");
  document.check();
}

TEST_CASE("a secret's file that others can read is refused") {
  const SettingsFolder folder;
  const auto secret = folder.write("secret", "sk_4");
  for (const mode_t mode : {mode_t{0640}, mode_t{0604}, mode_t{0620}, mode_t{0777}}) {
    REQUIRE(::chmod(secret.c_str(), mode) == 0);
    Document document{{.environment = {"ORDERFLOW_KEY_FILE=" + secret.string()}}};
    CHECK(document.root().secret("key") == std::nullopt);
    const std::string problems = problems_of(document);
    CHECK(problems.starts_with(secret.string() + ": keyFile: the file has mode 0"));
    CHECK(problems.ends_with(", allowed is 0600: readable by its owner alone"));
  }
}

TEST_CASE("a secret's file that is missing, a folder, a pipe, empty or too large is refused") {
  const SettingsFolder folder;
  const auto complaint = [](const std::filesystem::path& path) {
    Document document{{.environment = {"ORDERFLOW_KEY_FILE=" + path.string()}}};
    CHECK(document.root().secret("key") == std::nullopt);
    return problems_of(document).substr(path.string().size() + 2);
  };
  CHECK(complaint(folder.path() / "missing") ==
        "keyFile: the file cannot be read: No such file or directory");
  CHECK(complaint(folder.path()) == "keyFile: expected a regular file");
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(complaint(pipe) == "keyFile: expected a regular file");
  CHECK(complaint(folder.write("empty", "\n")) ==
        "key: found ********, allowed is a text of 1 to 4096 characters");
  CHECK(complaint(folder.write("large", std::string(70000, 'x'))) ==
        "keyFile: the file is larger than 64 KiB");
}

TEST_CASE("a secret is refused in the settings file and in a flag") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"key": "hunter2"})");
  Document document{{.file = file, .overrides = {{"key", "hunter3", "--key"}}}};
  CHECK(document.root().secret("key") == std::nullopt);
  const std::string rule =
      "key: a secret may not stand here; allowed is a text of 1 to 4096 characters, only from "
      "ORDERFLOW_KEY or the file that keyFile names";
  CHECK(problems_of(document) == file.string() + ":1:2: " + rule + "\n--key: " + rule);
}

TEST_CASE("no secret is ever shown") {
  const SettingsFolder folder;
  const auto file = folder.write("secret", "hunter4");
  Document document{{.environment = {"ORDERFLOW_A=hunter1", "ORDERFLOW_B=hunter2\n",
                                     "ORDERFLOW_C_FILE=" + file.string(), "ORDERFLOW_E=hunter5"},
                     .overrides = {{"a", "hunter3"}}}};
  document.root().secret("a");
  document.root().secret("b");
  document.root().secret("c");
  document.root().secret("d");
  const auto effective = document.effective();
  CHECK(effective["a"]["value"] == "********");
  CHECK(effective["a"]["where"] == "ORDERFLOW_A");
  CHECK(effective["c"]["value"] == "********");
  CHECK(effective["c"]["where"] == file.string());
  CHECK(effective["d"]["value"].is_null());
  CHECK(effective.dump().find("hunter") == std::string::npos);
  CHECK_FALSE(problems_of(document).empty());
  CHECK(problems_of(document).find("hunter") == std::string::npos);
}

}  // namespace
}  // namespace orderflow::config
