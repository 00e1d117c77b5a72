#include "commands/demo/demo_run.hpp"

#include "cli/terminal/printing.hpp"
#include "commands/client/shown_values.hpp"

#include <unistd.h>
#include <algorithm>

namespace orderflow::commands {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 100ms;
constexpr auto between_lines = 1s;
// This node learns nothing of the mails of a module that another node hosts.
constexpr auto silence_that_ends = 10s;

}  // namespace

void DemoRun::run() {
  place_all();
  if (!interrupted_) settle();
  progress_.clear();
}

void DemoRun::place_all() {
  const auto start = Clock::now();
  const auto end = plan_.place_for ? start + *plan_.place_for : Clock::time_point::max();
  for (std::uint64_t sent = 0; sent < plan_.orders_max; ++sent) {
    const auto due =
        start + std::chrono::duration_cast<Clock::duration>(
                    std::chrono::duration<double>(static_cast<double>(sent) / plan_.per_second));
    if (due >= end || !rest_until(due)) return;
    place_one();
  }
}

bool DemoRun::rest_until(Clock::time_point moment) {
  for (;;) {
    look();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - Clock::now());
    const auto nap = std::clamp<std::chrono::milliseconds>(left, 0ms, between_looks);
    if (interruption_.wait(nap)) {
      interrupted_ = true;
      return false;
    }
    if (Clock::now() >= moment) return true;
  }
}

void DemoRun::place_one() {
  const auto answer =
      node_.exchange({.method = "POST", .path = "/v1/orders", .body = traffic_.next()});
  if (answer.status == 429 || answer.status == 503) {
    tally_.refused();
    return;
  }
  if (answer.status != 201) {
    throw cli::NodeRefused(answer.status, cli::explanation(answer.status, answer.document));
  }
  tally_.placed(answer.document);
  if (position_) return;
  const auto timeline =
      node_.get("/v1/orders/" + cli::escaped(text_at(answer.document, "id")) + "/timeline");
  position_ = std::to_string(number_at(timeline.at("events").at(0), "seq") - 1);
}

bool DemoRun::look() {
  bool counted = false;
  while (position_) {
    const auto page =
        node_.get("/v1/events" + cli::query_of({{"after", *position_}, {"limit", "500"}}));
    for (const auto& event : page.at("events"))
      counted = tally_.take(event) || counted;
    position_ = text_at(page, "next");
    if (page.value("end", true)) break;
  }
  show();
  return counted;
}

void DemoRun::settle() {
  const auto limit = Clock::now() + plan_.settle_limit;
  auto received_at = Clock::now();
  while (!tally_.complete() && Clock::now() < limit) {
    if (interruption_.wait(between_looks)) {
      interrupted_ = true;
      return;
    }
    if (look()) received_at = Clock::now();
    if (tally_.open() == 0 && Clock::now() - received_at > silence_that_ends) return;
  }
}

void DemoRun::show() {
  const std::string line = tally_.line();
  progress_.show(line);
  if (!plan_.print_lines || line == printed_ || Clock::now() - printed_at_ < between_lines) return;
  const bool is_idle = printed_.empty() && tally_.open() == 0;
  if (is_idle) return;
  cli::print(line + "\n");
  cli::flush_output();
  printed_ = line;
  printed_at_ = Clock::now();
}

}  // namespace orderflow::commands
