#include "card_gateway.hpp"

#include <stdexcept>
#include <string_view>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

Command command_of(const CardGatewayProcess::Options& options) {
  Command command{
      .executable = "/usr/bin/python3",
      .arguments = {"-B", ORDERFLOW_CARD_GATEWAY, "--seed", std::to_string(options.seed), "--port",
                    std::to_string(options.port)}};
  if (!options.certificate.empty()) {
    for (const std::string& argument : {std::string("--certificate"), options.certificate,
                                        std::string("--private-key"), options.private_key})
      command.arguments.push_back(argument);
  }
  return command;
}

std::string wait_for_url(Process& process) {
  constexpr std::string_view ready = "listening on ";
  const auto line = process.wait_for_line(ready, 60s);
  if (!line) throw std::runtime_error("the gateway did not start: " + process.errors());
  return line->substr(line->find(ready) + ready.size());
}

}  // namespace

CardGatewayProcess::CardGatewayProcess(const Options& options)
    : process_(command_of(options)), url_(wait_for_url(process_)) {}

std::uint16_t CardGatewayProcess::port() const noexcept {
  return static_cast<std::uint16_t>(std::stoul(url_.substr(url_.rfind(':') + 1)));
}

Settings CardGatewayProcess::settings() const {
  return {{"ORDERFLOW_BILLING_GATEWAY_KIND", "card"},
          {"ORDERFLOW_BILLING_GATEWAY_CARD_BASE_URL", url_},
          {"ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY", "sk_test_key"},
          {"ORDERFLOW_BILLING_GATEWAY_CARD_WEBHOOK_SECRET", "whsec_test"},
          {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
          {"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"},
          {"ORDERFLOW_LOG_LEVEL", "warn"}};
}

nlohmann::json CardGatewayProcess::post(const char* target, const nlohmann::json& body) {
  const HttpResponse response = HttpClient(port()).post(target, body);
  if (response.status != 200) throw std::runtime_error("the gateway answers " + response.body);
  return response.json();
}

void CardGatewayProcess::behave(const nlohmann::json& wanted) {
  post("/admin/behaviour", wanted);
}

void CardGatewayProcess::set_node(const Node& node) {
  behave({{"webhook_url",
           "http://127.0.0.1:" + std::to_string(node.port()) + "/v1/payments/gateway-events"}});
}

int CardGatewayProcess::settle() {
  return post("/admin/settle", nlohmann::json::object()).at("settled");
}

nlohmann::json CardGatewayProcess::act(const std::string& what, const nlohmann::json& wanted) {
  return post(("/admin/" + what).c_str(), wanted);
}

nlohmann::json CardGatewayProcess::books() {
  return HttpClient(port()).get("/admin/books").json();
}

}  // namespace orderflow::test
