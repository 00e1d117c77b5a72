#include "acceptance/support/node.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = sanitized ? 120s : 30s;
constexpr auto stop_limit = sanitized ? 120s : 60s;
constexpr std::string_view ready = "listening on http://127.0.0.1:";

std::uint16_t wait_for_port(Process& process) {
  const auto line = process.wait_for_line(ready, start_limit);
  if (!line) {
    process.send(SIGKILL);
    process.wait(stop_limit);
    throw std::runtime_error("the node did not start: " + process.output() + process.errors());
  }
  return static_cast<std::uint16_t>(std::stoul(line->substr(line->find(ready) + ready.size())));
}

Command with_flags(Command command, const std::vector<std::string>& flags) {
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

std::filesystem::path shipped_settings_file() {
  return ORDERFLOW_CONFIG;
}

Command serve_command(const std::filesystem::path& data, const Settings& settings,
                      const std::filesystem::path& settings_file) {
  return {.executable = ORDERFLOW_EXECUTABLE,
          .arguments = {"serve", "--config", settings_file.string(), "--host", "127.0.0.1",
                        "--port", "0", "--data", data.string()},
          .environment = settings,
          .withheld_prefix = "ORDERFLOW_"};
}

Node::Node(const std::filesystem::path& data, const Settings& settings,
           const std::vector<std::string>& flags)
    : process_(with_flags(serve_command(data, settings), flags)), port_(wait_for_port(process_)) {}

Node::~Node() {
  if (running_) stop();
}

void Node::stop() {
  running_ = false;
  process_.send(SIGTERM);
  const auto exit = process_.wait(stop_limit);
  if (!exit) {
    process_.send(SIGKILL);
    process_.wait(stop_limit);
    FAIL_CHECK("the node did not stop at SIGTERM: ", process_.errors());
  } else if (*exit != ExitStatus{.code = 0}) {
    FAIL_CHECK("the node ended with code ", exit->code, " and signal ", exit->signal, ": ",
               process_.errors());
  }
}

void Node::kill() {
  running_ = false;
  process_.send(SIGKILL);
  const auto exit = process_.wait(stop_limit);
  if (!exit) throw std::runtime_error("the node did not end at SIGKILL");
  if (exit->signal != SIGKILL) {
    FAIL_CHECK("the node had ended by itself with code ", exit->code, ": ", process_.errors());
  }
}

std::size_t Node::resident_bytes() const {
  std::ifstream status("/proc/" + std::to_string(process_.pid()) + "/status");
  constexpr std::string_view field = "VmRSS:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoul(line.substr(field.size())) * 1024;
  }
  throw std::runtime_error("the node is not running");
}

void wait_until(const std::string& what, const std::function<bool()>& condition,
                std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("not within " + std::to_string(limit.count()) + " s: " + what);
    }
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace orderflow::test
