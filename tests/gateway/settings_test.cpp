// A node whose payment settings make no sense does not start, and reports what to change.
#include "card_gateway.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* prefix = "ORDERFLOW_BILLING_GATEWAY_";

/// What the node logs when it refuses to start; empty where it started.
std::string refusal(Settings settings, bool has_key = true) {
  TemporaryFolder folder;
  settings.emplace_back(std::string(prefix) + "KIND", "card");
  if (has_key) settings.emplace_back(std::string(prefix) + "CARD_SECRET_KEY", "sk_test_key");
  Process process(serve_command(folder.path() / "data", settings));
  if (process.wait_for_line("listening on", 60s)) return {};
  const auto exit = process.wait(60s);
  REQUIRE(exit);
  CHECK(exit->code > 0);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "data"));
  return process.errors();
}

bool check_contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

TEST_CASE(
    "a card gateway without a key, over plain http or with a bad certificate file is refused") {
  check_contains(refusal({}, false), "billing.gateway.card.secretKey");
  check_contains(refusal({{std::string(prefix) + "CARD_BASE_URL", "http://api.stripe.com"}}),
                 "billing.gateway.card.baseUrl");
  check_contains(refusal({{std::string(prefix) + "CARD_CA_FILE", "/nowhere/ca.pem"}}),
                 "billing.gateway.card.caFile");
  TemporaryFolder folder;
  const auto empty = folder.path() / "empty.pem";
  std::ofstream(empty).close();
  check_contains(refusal({{std::string(prefix) + "CARD_CA_FILE", empty.string()}}),
                 "billing.gateway.card.caFile");
}

TEST_CASE("all that is wrong with a card gateway is reported at once, and never its key") {
  const std::string text = refusal({{std::string(prefix) + "CARD_BASE_URL", "ftp://127.0.0.1"},
                                    {std::string(prefix) + "CARD_CA_FILE", "/nowhere/ca.pem"},
                                    {std::string(prefix) + "CARD_SECRET_KEY", "sk key"}},
                                   false);
  for (const char* part : {"card.baseUrl", "card.caFile", "card.secretKey"})
    check_contains(text, part);
  CHECK(text.find("sk key") == std::string::npos);
}

TEST_CASE("a key is read from a file that only its owner may read") {
  TemporaryFolder folder;
  const auto file = folder.path() / "key";
  std::ofstream(file) << "sk_test_key\n";
  const Settings settings{{std::string(prefix) + "CARD_SECRET_KEY_FILE", file.string()}};
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK(refusal(settings, false).empty());
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  check_contains(refusal(settings, false), "billing.gateway.card.secretKey");
}

}  // namespace
}  // namespace orderflow::test
