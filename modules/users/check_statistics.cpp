#include "check_statistics.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "core/money.hpp"
#include "orders/contract/order_created.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace orderflow::users {
namespace {

constexpr std::string_view statistics = "users.statistics";

struct Figures {
  std::int64_t placed = 0;
  std::int64_t processed = 0;
  std::int64_t canceled = 0;
  std::int64_t declined = 0;
  std::int64_t refunded = 0;
  std::int64_t last_order_at = 0;
  std::map<std::string, core::AmountSum> spent;

  friend bool operator==(const Figures&, const Figures&) = default;
};

std::string text_of(const Figures& figures) {
  std::string text =
      std::to_string(figures.placed) + " placed, " + std::to_string(figures.processed) +
      " processed, " + std::to_string(figures.canceled) + " canceled, " +
      std::to_string(figures.declined) + " declined, " + std::to_string(figures.refunded) +
      " refunded, the last at " + std::to_string(figures.last_order_at);
  for (const auto& [currency, sum] : figures.spent)
    text += ", " + sum.to_string() + " " + currency + " spent";
  return text;
}

/// Counts all users' orders anew, from the events that the projection has done.
class StatisticsReader {
 public:
  explicit StatisticsReader(host::ModuleIntegrity& integrity)
      : integrity_(integrity), check_(integrity.check("statistics")) {}

  storage::IntegrityCheck& check() noexcept { return check_; }

  void see(const events::KeyHistory& history) {
    for (const auto& event : history.events) {
      if (event->is<orders::OrderCreated>()) {
        const auto& created = event->as<orders::OrderCreated>();
        if (!counts(*event, created.user_id)) continue;
        Figures& figures = expected_[created.user_id];
        ++figures.placed;
        figures.last_order_at =
            std::max(figures.last_order_at, core::to_micros(event->meta().occurred_at));
      } else if (event->is<billing::OrderProcessed>()) {
        const auto& processed = event->as<billing::OrderProcessed>();
        if (counts(*event, processed.user_id)) count(processed);
      } else if (event->is<billing::PaymentRefunded>()) {
        const auto& refund = event->as<billing::PaymentRefunded>();
        if (!counts(*event, refund.user_id)) continue;
        Figures& figures = expected_[refund.user_id];
        if (refund.is_full()) ++figures.refunded;
        figures.spent[refund.currency].subtract(refund.amount);
      }
    }
  }

  void finish() {
    auto stored = read_stored();
    check_.looked_at(static_cast<std::int64_t>(stored.size()), "users");
    if (!by_hand_.empty()) {
      check_.looked_at(static_cast<std::int64_t>(by_hand_.size()),
                       "set aside: an event of theirs was handled by hand");
    }
    for (const auto& [user, figures] : expected_) {
      const auto found = stored.extract(user);
      compare(user, found.empty() ? Figures{} : found.mapped(), figures);
    }
    for (const auto& [user, figures] : stored)
      compare(user, figures, Figures{});
  }

 private:
  bool counts(const events::Event& event, const std::string& user) {
    if (integrity_.progress().by_hand(statistics, event.meta().seq)) by_hand_.insert(user);
    return integrity_.progress().done(statistics, event.meta().seq);
  }

  void count(const billing::OrderProcessed& processed) {
    Figures& figures = expected_[processed.user_id];
    switch (processed.status) {
      case billing::OrderResult::processed:
        ++figures.processed;
        figures.spent[processed.currency].add(processed.amount);
        return;
      case billing::OrderResult::canceled_fraud:
      case billing::OrderResult::canceled:
        ++figures.canceled;
        return;
      case billing::OrderResult::payment_declined:
        break;
    }
    ++figures.declined;
  }

  std::unordered_map<std::string, Figures> read_stored() {
    std::unordered_map<std::string, Figures> stored;
    auto rows = integrity_.tables().query(
        "SELECT user_id, placed, processed, canceled, declined, refunded,"
        " coalesce(last_order_at, 0) FROM users_statistics"
        " WHERE generation = (SELECT current FROM users_generation)");
    while (rows.next()) {
      stored.emplace(rows.get<std::string>(0), Figures{.placed = rows.get<std::int64_t>(1),
                                                       .processed = rows.get<std::int64_t>(2),
                                                       .canceled = rows.get<std::int64_t>(3),
                                                       .declined = rows.get<std::int64_t>(4),
                                                       .refunded = rows.get<std::int64_t>(5),
                                                       .last_order_at = rows.get<std::int64_t>(6),
                                                       .spent = {}});
    }
    auto spent = integrity_.tables().query(
        "SELECT user_id, currency, quintillions, amount FROM users_spent"
        " WHERE generation = (SELECT current FROM users_generation)");
    while (spent.next())
      stored[spent.get<std::string>(0)].spent[spent.get<std::string>(1)] = core::AmountSum(
          {.quintillions = spent.get<std::int64_t>(2), .rest = spent.get<std::int64_t>(3)});
    return stored;
  }

  void compare(const std::string& user, const Figures& stored, const Figures& expected) {
    if (stored == expected || by_hand_.contains(user)) return;
    check_.report("user " + user + " has " + text_of(stored) + ", but the log gives " +
                  text_of(expected));
  }

  host::ModuleIntegrity& integrity_;
  storage::IntegrityCheck& check_;
  std::unordered_map<std::string, Figures> expected_;
  std::set<std::string> by_hand_;
};

void count_anew(host::ModuleIntegrity& integrity) {
  const auto reader = std::make_shared<StatisticsReader>(integrity);
  if (integrity.progress().rebuilding(statistics)) {
    reader->check().skip("they are being rebuilt");
    return;
  }
  if (!integrity.progress().whole()) {
    reader->check().skip("events up to " +
                         std::to_string(integrity.progress().removed_to().value()) +
                         " were removed from the log, so they cannot be counted anew");
    return;
  }
  integrity.read_log(
      reader->check(), [reader](const events::KeyHistory& history) { reader->see(history); },
      [reader] { reader->finish(); });
}

}  // namespace

void check_statistics(host::ModuleIntegrity& integrity) {
  integrity.run_whole("statistics", [&](storage::IntegrityCheck&) { count_anew(integrity); });
}

}  // namespace orderflow::users
