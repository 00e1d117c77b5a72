#include "card/card_settings.hpp"

#include "config/problem.hpp"
#include "outbound/transfers.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view path = "billing.gateway.card.";

bool is_this_machine(const boost::urls::url_view& url) {
  if (url.host() == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(url.host_address(), error);
  return !error && address.is_loopback();
}

/// What is wrong with an address to send cards to; nothing where it can be used.
std::optional<std::string> problem_of_url(const std::string& text) {
  const auto url = boost::urls::parse_absolute_uri(text);
  // Boost.URL 1.81 takes the beginning of "127.0.0.1.example.com" for the host, the rest for a
  // path.
  const bool is_whole =
      url && (url->encoded_path().empty() || url->encoded_path().starts_with('/'));
  if (!is_whole || url->host().empty()) {
    return "found " + config::shown(text) +
           ", allowed is an address such as https://api.stripe.com";
  }
  if (url->has_userinfo() || url->has_query()) {
    return "found " + config::shown(text) + ", allowed is neither a user nor a query in it";
  }
  if (url->scheme() == "https" || (url->scheme() == "http" && is_this_machine(*url))) {
    return std::nullopt;
  }
  return "found " + config::shown(text) + ", allowed is https, and http to this machine alone";
}

std::optional<std::string> problem_of_ca_file(const std::string& file) {
  try {
    outbound::check_ca_file(file);
  } catch (const std::exception& e) {
    return e.what();
  }
  return std::nullopt;
}

/// Goes into a header as it is.
std::optional<std::string> problem_of_key(const std::string& key) {
  if (key.empty()) {
    return "is needed where billing.gateway.kind is \"card\": give the environment variable"
           " ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY, or the name of a file of mode 0600 as"
           " billing.gateway.card.secretKeyFile";
  }
  for (const char c : key) {
    if (c <= ' ' || c > '~') return "has a character that is not visible ASCII";
  }
  return std::nullopt;
}

void check(const CardSettings& card) {
  std::vector<config::Problem> problems;
  const auto note = [&](std::string_view key, std::optional<std::string> problem) {
    if (problem) problems.push_back({"settings", std::string(path) + std::string(key), *problem});
  };
  note("baseUrl", problem_of_url(card.base_url));
  note("secretKey", problem_of_key(card.secret_key));
  note("caFile", problem_of_ca_file(card.ca_file));
  if (!problems.empty()) throw config::Invalid(std::move(problems));
}

outbound::CircuitOptions read_circuit(const config::Section& circuit) {
  return {.failures_max = static_cast<int>(circuit.integer("failures", 10, 1, 1'000)),
          .open_first = circuit.milliseconds("openMs", 1s, 10ms, 10min),
          .open_max = circuit.milliseconds("openMaxMs", 1min, 10ms, 1h)};
}

}  // namespace

CardSettings read_card_settings(const config::Section& card, bool is_used) {
  CardSettings settings{
      .base_url = card.text("baseUrl", "https://api.stripe.com", {.min_length = 1}),
      .api_version = card.text("apiVersion", "2024-06-20", {.max_length = 64}),
      .secret_key = card.secret("secretKey").value_or(""),
      .webhook_secret = card.secret("webhookSecret").value_or(""),
      .ca_file = card.text("caFile", "", {.max_length = 4096}),
      .connect_timeout = card.milliseconds("connectTimeoutMs", 5s, 10ms, 1min),
      .concurrency = static_cast<std::size_t>(card.integer("concurrency", 64, 1, 1'024)),
      .circuit = read_circuit(card.section("circuit")),
      .key_age_max = std::chrono::hours(card.integer("idempotencyKeyHours", 24, 1, 8'760)),
      .default_payment_method = card.text("defaultPaymentMethod", "", {.max_length = 128})};
  while (settings.base_url.ends_with('/'))
    settings.base_url.pop_back();
  if (is_used) check(settings);
  return settings;
}

}  // namespace orderflow::billing
