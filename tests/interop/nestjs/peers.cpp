#include "peers.hpp"

#include <sstream>
#include <stdexcept>
#include <utility>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 120s;

}  // namespace

Market::Market(RabbitmqBroker& broker, const std::string& vhost) : broker_(broker), vhost_(vhost) {
  broker_.add_vhost(vhost_);
}

std::unique_ptr<Node> Market::open_node(const std::filesystem::path& data, const std::string& name,
                                        const std::string& modules, const std::string& envelope) {
  auto node = std::make_unique<Node>(data, Settings{{"RABBIT_MQ_URI", broker_.uri(vhost_)},
                                                    {"RABBIT_MQ_BILLING_QUEUE", billing_queue},
                                                    {"ORDERFLOW_NODE_NAME", name},
                                                    {"ORDERFLOW_NODE_MODULES", modules},
                                                    {"ORDERFLOW_RABBITMQ_ENVELOPE", envelope},
                                                    {"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"}});
  HttpClient client(node->port());
  wait_until(name + " works with the broker", [&] { return client.get("/readyz").status == 200; });
  return node;
}

std::unique_ptr<Process> Market::open_billing(const Settings& settings) {
  Command command = program("billing");
  command.environment.insert(command.environment.end(), settings.begin(), settings.end());
  return open(std::move(command), "billing");
}

std::unique_ptr<Process> Market::open_listener() {
  return open(program("listener"), "listening");
}

void Market::send(const std::string& queue, const std::string& kind, const nlohmann::json& payload,
                  const std::vector<std::string>& copies, const std::string& home) {
  std::vector<std::string> arguments{queue, kind, payload.dump()};
  arguments.insert(arguments.end(), copies.begin(), copies.end());
  Command command = program("send", std::move(arguments));
  command.environment.emplace_back("SAY_HOME", home);
  const auto process = open(std::move(command), "sent");
  if (process->wait(start_limit) != ExitStatus{.code = 0}) {
    throw std::runtime_error("send.js did not end well: " + process->errors());
  }
}

int Market::count_messages(const std::string& queue) {
  std::istringstream listed(
      broker_.control({"list_queues", "-p", vhost_, "--silent", "name", "messages"}));
  std::string name;
  int messages = 0;
  while (listed >> name >> messages) {
    if (name == queue) return messages;
  }
  return -1;
}

Command Market::program(const std::string& name, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"node", ORDERFLOW_PEERS "/" + name + ".js"});
  return {.executable = "/usr/bin/env",
          .arguments = std::move(arguments),
          .environment = {{"RABBIT_MQ_URI", broker_.uri(vhost_)},
                          {"RABBIT_MQ_BILLING_QUEUE", billing_queue}},
          .withheld_prefix = "RABBIT_MQ_"};
}

std::unique_ptr<Process> Market::open(Command command, std::string_view ready) {
  auto process = std::make_unique<Process>(command);
  if (!process->wait_for_line(ready, start_limit)) {
    process->send(SIGKILL);
    process->wait(start_limit);
    throw std::runtime_error("a program in Node.js did not start: " + process->output() +
                             process->errors());
  }
  return process;
}

std::vector<std::string> lines_of(Process& process, const std::string& word) {
  std::vector<std::string> found;
  std::istringstream output(process.output());
  for (std::string line; std::getline(output, line);) {
    if (line.starts_with(word + " ")) found.push_back(line.substr(word.size() + 1));
  }
  return found;
}

}  // namespace orderflow::test
