#include "app/modules.hpp"
#include "app/settings.hpp"
#include "config/document.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::app {
namespace {

/// The effective settings as all parts of a node read them.
nlohmann::ordered_json read_all(config::Sources sources) {
  config::Document document(std::move(sources));
  const auto modules = make_modules();
  std::vector<std::string> names;
  for (const auto& module : modules)
    names.emplace_back(module->name());
  read_settings(document, names);
  for (const auto& module : modules)
    module->configure(document.section(module->name()));
  document.check();
  return document.effective();
}

TEST_CASE("the settings file that is shipped is complete and shows the built-in defaults") {
  const auto built_in = read_all({});
  const auto shipped = read_all({.file = ORDERFLOW_SETTINGS_FILE});
  CHECK(built_in.size() > 30);
  for (const auto& each : built_in.items()) {
    const std::string& path = each.key();
    const auto& setting = each.value();
    CAPTURE(path);
    // A secret may not stand in the file.
    if (setting["default"].is_null()) continue;
    CHECK(shipped[path]["source"] == "file");
    CHECK(shipped[path]["value"] == setting["value"]);
  }
}

TEST_CASE("settings of webhooks are read where they stood as a part of notifications") {
  const auto old = read_all({.environment = {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_MAX_ENDPOINTS=7"}});
  CHECK(old["webhooks.maxEndpoints"]["value"] == 7);
  const auto over_the_file =
      read_all({.file = ORDERFLOW_SETTINGS_FILE,
                .environment = {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_MAX_ENDPOINTS=7"}});
  CHECK(over_the_file["webhooks.maxEndpoints"]["value"] == 7);
  CHECK_THROWS_WITH(read_all({.environment = {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_MAX_ENDPOINTS=7",
                                              "ORDERFLOW_WEBHOOKS_MAX_ENDPOINTS=8"}}),
                    doctest::Contains("ORDERFLOW_NOTIFICATIONS_WEBHOOKS_MAX_ENDPOINTS"));
}

TEST_CASE("a loopback address is for this machine, any other for all that can reach it") {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1"})
    CHECK(exposure_of(address) == access::Exposure::loopback);
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"})
    CHECK(exposure_of(address) == access::Exposure::network);
  CHECK_THROWS_WITH(exposure_of("localhost"), doctest::Contains("is not an IP address"));
}

TEST_CASE(
    "a stop gives load balancers 3 s to notice, on loopback none, or what the setting gives") {
  using namespace std::chrono_literals;
  Settings settings{};
  settings.http.address = "::1";
  CHECK(lame_duck_of(settings) == 0ms);
  settings.http.address = "0.0.0.0";
  CHECK(lame_duck_of(settings) == 3s);
  settings.lame_duck = 0ms;
  CHECK(lame_duck_of(settings) == 0ms);
  settings.lame_duck = 7s;
  settings.http.address = "127.0.0.1";
  CHECK(lame_duck_of(settings) == 7s);
}

TEST_CASE("others are served over TLS, or where the settings state that something else encrypts") {
  Settings settings{};
  settings.http.address = "127.0.0.1";
  CHECK_NOTHROW(require_tls_for_others(settings));
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    settings.http.address = address;
    CHECK_THROWS_WITH(require_tls_for_others(settings),
                      doctest::Contains("http.plainBeyondLoopback"));
    settings.plain_beyond_loopback = true;
    CHECK_NOTHROW(require_tls_for_others(settings));
    settings.plain_beyond_loopback = false;
    settings.tls = http::TlsCertificate::Files{.certificate = "a.pem", .key = "b.pem"};
    CHECK_NOTHROW(require_tls_for_others(settings));
    settings.tls.reset();
  }
}

TEST_CASE("a password in an address that is wrong is not shown, nor an API key in any setting") {
  const std::string key = "ofk_0123456789abcdef_" + std::string(64, '0');
  const std::vector<std::string> wrongs = {
      "ORDERFLOW_TRACES_ENDPOINT=http://ada:hunter2@collector:4318",
      "ORDERFLOW_TRACES_ENDPOINT=ada:hunter2@collector",
      "ORDERFLOW_BILLING_GATEWAY_CARD_BASE_URL=https://ada:hunter2@pay.example.com",
      "ORDERFLOW_BILLING_GATEWAY_CARD_BASE_URL=https://hunter2@pay.example.com",
      "ORDERFLOW_NOTIFICATIONS_UNSUBSCRIBE_URL=https://ada:hunter2@shop.example.com?x",
      "ORDERFLOW_HTTP_PORT=http://ada:hunter2@collector",
      "ORDERFLOW_HTTP_PORT=" + key,
      "ORDERFLOW_NODE_MODULES=orders," + key};
  for (const std::string& wrong : wrongs) {
    CAPTURE(wrong);
    std::string message;
    try {
      read_all({.environment = {"ORDERFLOW_BILLING_GATEWAY_KIND=card",
                                "ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY=sk_1", wrong}});
    } catch (const std::exception& e) {
      message = e.what();
    }
    CHECK_FALSE(message.empty());
    CHECK(message.find("hunter2") == std::string::npos);
    CHECK(message.find(key.substr(4)) == std::string::npos);
  }
  // Not looked at where the gateway is the simulated one, and shown all the same.
  const auto shown = read_all(
      {.environment = {"ORDERFLOW_BILLING_GATEWAY_CARD_BASE_URL=https://ada:hunter2@pay.example"}});
  CHECK(shown.dump().find("hunter2") == std::string::npos);
}

TEST_CASE("of the certificate and its key both are given, or neither") {
  const auto with = [](std::vector<std::string> environment) {
    return read_all({.environment = std::move(environment)});
  };
  CHECK_THROWS_WITH(with({"ORDERFLOW_HTTP_TLS_CERTIFICATE_FILE=a.pem"}),
                    doctest::Contains("http.tls"));
  CHECK_NOTHROW(
      with({"ORDERFLOW_HTTP_TLS_CERTIFICATE_FILE=a.pem", "ORDERFLOW_HTTP_TLS_KEY_FILE=b.pem"}));
}

}  // namespace
}  // namespace orderflow::app
