#include "settings.hpp"
#include "config/document.hpp"
#include "config/problem.hpp"

#include <doctest/doctest.h>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;

Settings settings_of(std::vector<std::string> environment) {
  config::Document document{{.environment = std::move(environment)}};
  Settings settings = read_settings(document.section("webhooks"));
  document.check();
  return settings;
}

std::string complaint(std::string variable) {
  try {
    settings_of({std::move(variable)});
  } catch (const config::Invalid& e) {
    return e.what();
  }
  return {};
}

TEST_CASE("by default webhooks go to public addresses alone, on the schedule of the standard") {
  const Settings settings = settings_of({});
  CHECK_FALSE(settings.allow_private);
  CHECK(settings.timeout == 20s);
  CHECK(settings.retry_delays ==
        std::vector<core::Duration>{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h});
  CHECK(settings.secret_bytes == 32);
  CHECK(settings.rotation_overlap == 24h);
  CHECK(settings.disable_after == 120h);
  CHECK_FALSE(settings.keep);
  CHECK(settings.endpoints_max == 100);
}

TEST_CASE("a schedule of one's own") {
  const Settings settings = settings_of({"ORDERFLOW_WEBHOOKS_RETRY_DELAYS=250ms,1s,2m,168h"});
  CHECK(settings.retry_delays == std::vector<core::Duration>{250ms, 1s, 2min, 168h});
}

TEST_CASE("what cannot be a setting stops the start, and is named") {
  for (const char* delays : {"5", "s", "0s", "-1s", "5 s", "1.5s", "169h", "5d", "99999999s"}) {
    CAPTURE(delays);
    CHECK(complaint("ORDERFLOW_WEBHOOKS_RETRY_DELAYS=" + std::string(delays))
              .find("webhooks.retryDelays") != std::string::npos);
  }
  CHECK(complaint("ORDERFLOW_WEBHOOKS_RETRY_DELAYS=") != "");
  CHECK(complaint("ORDERFLOW_WEBHOOKS_CA_FILE=/nowhere.pem").find("webhooks.caFile") !=
        std::string::npos);
  CHECK(complaint("ORDERFLOW_WEBHOOKS_SECRET_BYTES=23") != "");
  CHECK(complaint("ORDERFLOW_WEBHOOKS_ALLOW_PRIVATE=perhaps") != "");
}

}  // namespace
}  // namespace orderflow::webhooks
