#include "commands/demo/demo_tally.hpp"

#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"
#include "core/clock.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <utility>

namespace orderflow::commands {
namespace {

constexpr std::array statuses{std::pair{"PROCESSED", "paid"}, std::pair{"CANCELED_FRAUD", "fraud"},
                              std::pair{"PAYMENT_DECLINED", "declined"},
                              std::pair{"CANCELED", "canceled"}};

std::int64_t micros_at(const nlohmann::json& document, const std::string& name) {
  const auto time = core::parse_rfc3339(text_at(document, name));
  return time ? core::to_micros(*time) : 0;
}

}  // namespace

void DemoTally::placed(const nlohmann::json& order) {
  open_since_.emplace(text_at(order, "id"), micros_at(order, "createdAt"));
}

bool DemoTally::take(const nlohmann::json& event) {
  const std::string id = text_at(event, "subject");
  const auto order = open_since_.find(id);
  if (order == open_since_.end()) return false;
  const std::string kind = text_at(event, "type");
  if (kind == "notification.sent") {
    ++sent_;
  } else if (kind == "notification.failed") {
    ++failed_;
  } else if (kind == "order.processed") {
    const auto data = event.find("data");
    const std::string status = data != event.end() ? text_at(*data, "status") : "";
    if (!status_.emplace(id, status).second) return false;
    outcome_ms_.push_back((micros_at(event, "time") - order->second) / 1000);
  } else {
    return false;
  }
  return true;
}

std::int64_t DemoTally::median_outcome_ms() const {
  if (outcome_ms_.empty()) return 0;
  std::vector<std::int64_t> times = outcome_ms_;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

std::string DemoTally::line() const {
  std::string text = "placed " + std::to_string(orders()) + "  open " + std::to_string(open());
  for (const auto& [status, name] : statuses) {
    const auto count =
        std::ranges::count(status_, status, [](const auto& one) { return one.second; });
    if (count > 0) text += "  " + std::string(name) + " " + std::to_string(count);
  }
  text += "  mails " + std::to_string(sent_) + " sent";
  if (failed_ > 0) text += ", " + std::to_string(failed_) + " failed";
  if (refused_ > 0) text += "  refused " + std::to_string(refused_);
  return text;
}

nlohmann::json DemoTally::to_json() const {
  nlohmann::json document = {{"placed", orders()},
                             {"refused", refused_},
                             {"open", open()},
                             {"statuses", nlohmann::json::object()},
                             {"mails", {{"sent", sent_}, {"failed", failed_}}},
                             {"medianOutcomeMs", median_outcome_ms()}};
  for (const auto& [id, status] : status_) {
    auto& count = document["statuses"][status];
    count = count.is_null() ? 1 : count.get<std::int64_t>() + 1;
  }
  return document;
}

std::string DemoTally::to_text() const {
  const nlohmann::json totals = to_json();
  cli::Table table({{.title = "OUTCOME"}, {.title = "ORDERS", .side = cli::Column::Side::right}});
  for (const auto& [status, count] : totals.at("statuses").items())
    table.add({status_cell(status), count.dump()});
  if (open() > 0) table.add({status_cell("PENDING"), std::to_string(open())});
  cli::Facts facts;
  facts.add("mails sent", std::to_string(sent_));
  facts.add("mails given up", count_cell(static_cast<std::int64_t>(failed_), cli::Tone::bad));
  if (refused_ > 0) facts.add("orders refused", std::to_string(refused_));
  facts.add("median time to the outcome", std::to_string(median_outcome_ms()) + " ms");
  const cli::Terminal terminal = cli::terminal_of(STDOUT_FILENO);
  return table.to_text(terminal) + "\n" + facts.to_text(terminal);
}

}  // namespace orderflow::commands
