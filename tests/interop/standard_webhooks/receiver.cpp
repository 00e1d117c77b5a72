#include "receiver.hpp"

#include <stdexcept>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

Command receiver_command() {
  return {.executable = "/usr/bin/env",
          .arguments = {"node", ORDERFLOW_WEBHOOK_RECEIVER "/receiver.js"}};
}

std::uint16_t wait_for_port(Process& process) {
  const std::string ready = "listening on ";
  const auto line = process.wait_for_line(ready, 60s);
  if (!line) {
    process.send(SIGKILL);
    process.wait(10s);
    throw std::runtime_error("the receiver did not start: " + process.errors());
  }
  return static_cast<std::uint16_t>(std::stoul(line->substr(line->find(ready) + ready.size())));
}

}  // namespace

Receiver::Receiver()
    : process_(receiver_command()), port_(wait_for_port(process_)), client_(port_) {}

void Receiver::rule(const std::string& path, const nlohmann::json& rules) {
  const auto response = client_.send("PUT", "/control/" + path, {}, rules.dump());
  if (response.status != 200) throw std::runtime_error("the receiver refused a rule");
}

std::vector<nlohmann::json> Receiver::requests(const std::string& path) {
  const nlohmann::json document = client_.get("/control/" + path).json();
  return document.at("requests").get<std::vector<nlohmann::json>>();
}

nlohmann::json Receiver::forged(const std::string& path) {
  return client_.send("POST", "/control/" + path + "/forge", {}, "").json();
}

}  // namespace orderflow::test
