#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orderflow::commands {

/// Counts the outcomes of the orders of a demonstration, from the node's events.
class DemoTally {
 public:
  /// An order that the node has taken, as it answers.
  void placed(const nlohmann::json& order);
  /// The node had no room for one (429, 503).
  void refused() { ++refused_; }
  /// An event of the log, a CloudEvents document; one that concerns no order of ours is ignored,
  /// and so is one that was taken before. True where it was counted.
  bool take(const nlohmann::json& event);

  std::size_t orders() const noexcept { return open_since_.size(); }
  std::size_t open() const noexcept { return orders() - outcome_ms_.size(); }
  /// Each order is final, and its buyer was notified, or could not be, twice: of its receipt and of
  /// its outcome.
  bool complete() const noexcept { return open() == 0 && sent_ + failed_ >= 2 * orders(); }

  /// `placed 12  pending 2  processed 9 …`: one line, rewritten in place.
  std::string line() const;
  /// `{"placed", "refused", "open", "statuses", "mails": {"sent", "failed"}, "medianOutcomeMs"}`.
  nlohmann::json to_json() const;
  /// The same for people.
  std::string to_text() const;

 private:
  std::int64_t median_outcome_ms() const;

  std::map<std::string, std::int64_t> open_since_;  // order id to microseconds
  std::map<std::string, std::string> status_;       // of those that are final
  std::vector<std::int64_t> outcome_ms_;
  std::size_t refused_ = 0;
  std::size_t sent_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace orderflow::commands
