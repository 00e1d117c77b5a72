#include "card/card_client.hpp"

#include "card/card_answer.hpp"
#include "gateway/gateway.hpp"
#include "outbound/transfers.hpp"
#include "telemetry/log.hpp"

#include <optional>
#include <utility>

namespace orderflow::billing {
namespace {

using boost::asio::awaitable;
using outbound::HttpAnswer;
using outbound::HttpRequest;

}  // namespace

CardClient::CardClient(const CardSettings& settings, outbound::Destination& destination,
                       const core::Clock& clock)
    : settings_(settings),
      destination_(destination),
      clock_(clock),
      own_sender_(std::make_unique<outbound::Transfers>(
          outbound::TransferOptions{.ca_file = settings_.ca_file,
                                    .connect_timeout = settings_.connect_timeout,
                                    .connections_max = settings_.concurrency})),
      sender_(*own_sender_) {}

CardClient::CardClient(const CardSettings& settings, outbound::HttpSender& sender,
                       outbound::Destination& destination, const core::Clock& clock)
    : settings_(settings), destination_(destination), clock_(clock), sender_(sender) {}

CardClient::~CardClient() = default;

void CardClient::stop() noexcept {
  own_sender_.reset();
}

HttpRequest CardClient::request_to(std::string method, std::string_view path,
                                   core::Duration deadline) const {
  const core::Duration left = deadline - clock_.steady();
  if (left <= core::Duration::zero()) throw GatewayError("no time is left to ask the gateway");
  HttpRequest request{.method = std::move(method),
                      .url = settings_.base_url + std::string(path),
                      .headers = {{"Authorization", "Bearer " + settings_.secret_key}},
                      .body = {},
                      .timeout = left};
  if (!settings_.api_version.empty()) {
    request.headers.emplace_back("Stripe-Version", settings_.api_version);
  }
  if (request.method == "POST") {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  }
  return request;
}

awaitable<HttpAnswer> CardClient::ask(const HttpRequest& request) {
  outbound::Destination::Use use(destination_);
  HttpAnswer answer;
  std::optional<PeerTrouble> trouble;
  bool is_unsent = false;
  try {
    answer = co_await sender_.send(request);
    trouble = peer_trouble(answer);
  } catch (const outbound::TransferError& e) {
    trouble = PeerTrouble{std::string("the gateway gave no answer: ") + e.what(), false};
    is_unsent = !e.may_be_sent();
  }
  if (trouble) {
    use.failed(trouble->reason);
    if (trouble->is_configuration) telemetry::log("billing").error("{}", trouble->reason);
    if (trouble->is_configuration || is_unsent || destination_.is_away()) {
      throw GatewayUnavailable(trouble->reason);
    }
    throw GatewayError(trouble->reason);
  }
  if (const auto throttle = throttled(answer, clock_.now())) {
    use.throttled(throttle->reason, throttle->not_before);
    throw GatewayUnavailable(throttle->reason, throttle->not_before);
  }
  use.succeeded();
  require_answer(answer, clock_.now());
  co_return answer;
}

void CardClient::require_closed_circuit() const {
  const outbound::Allowance allowance = destination_.allowance();
  if (allowance.in_flight_max > 0) return;
  throw GatewayUnavailable("the circuit of the gateway is open", allowance.look_again_at);
}

}  // namespace orderflow::billing
