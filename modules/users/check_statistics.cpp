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

struct UserTotals {
  std::int64_t placed = 0;
  std::int64_t processed = 0;
  std::int64_t canceled = 0;
  std::int64_t declined = 0;
  std::int64_t refunded = 0;
  std::int64_t last_order_at = 0;
  std::map<std::string, core::AmountSum> spent;

  friend bool operator==(const UserTotals&, const UserTotals&) = default;
};

std::string text_of(const UserTotals& totals) {
  std::string text =
      std::to_string(totals.placed) + " placed, " + std::to_string(totals.processed) +
      " processed, " + std::to_string(totals.canceled) + " canceled, " +
      std::to_string(totals.declined) + " declined, " + std::to_string(totals.refunded) +
      " refunded, the last at " + std::to_string(totals.last_order_at);
  for (const auto& [currency, sum] : totals.spent)
    text += ", " + sum.to_string() + " " + currency + " spent";
  return text;
}

std::string code_of(const core::Money& money) {
  return std::string(money.currency.code());
}

/// Counts all users' orders again, from the events that the projection has done.
class StatisticsReader {
 public:
  explicit StatisticsReader(host::ModuleIntegrity& integrity)
      : integrity_(integrity), check_(integrity.check("statistics")) {}

  storage::IntegrityCheck& check() noexcept { return check_; }

  void see(const events::KeyHistory& history) {
    for (const auto& event : history.events) {
      if (event->is<orders::OrderCreated>()) {
        const auto& created = event->as<orders::OrderCreated>();
        const std::string& user = created.order.user_id.value();
        if (!counts(*event, user)) continue;
        UserTotals& totals = expected_[user];
        ++totals.placed;
        totals.last_order_at =
            std::max(totals.last_order_at, core::to_micros(event->meta().occurred_at));
      } else if (event->is<billing::OrderProcessed>()) {
        const auto& processed = event->as<billing::OrderProcessed>();
        if (counts(*event, processed.buyer.user_id.value())) count(processed);
      } else if (event->is<billing::PaymentRefunded>()) {
        const auto& refund = event->as<billing::PaymentRefunded>();
        const std::string& user = refund.buyer.user_id.value();
        if (!counts(*event, user)) continue;
        UserTotals& totals = expected_[user];
        if (refund.is_full()) ++totals.refunded;
        totals.spent[code_of(refund.amount)].subtract(refund.amount.amount);
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
    for (const auto& [user, totals] : expected_) {
      const auto found = stored.extract(user);
      compare(user, found.empty() ? UserTotals{} : found.mapped(), totals);
    }
    for (const auto& [user, totals] : stored)
      compare(user, totals, UserTotals{});
  }

 private:
  bool counts(const events::Event& event, const std::string& user) {
    if (integrity_.progress().by_hand(statistics, event.meta().seq)) by_hand_.insert(user);
    return integrity_.progress().done(statistics, event.meta().seq);
  }

  void count(const billing::OrderProcessed& processed) {
    UserTotals& totals = expected_[processed.buyer.user_id.value()];
    switch (processed.status) {
      case billing::OrderResult::processed:
        ++totals.processed;
        totals.spent[code_of(processed.amount)].add(processed.amount.amount);
        return;
      case billing::OrderResult::canceled_fraud:
      case billing::OrderResult::canceled:
        ++totals.canceled;
        return;
      case billing::OrderResult::payment_declined:
        break;
    }
    ++totals.declined;
  }

  std::unordered_map<std::string, UserTotals> read_stored() {
    std::unordered_map<std::string, UserTotals> stored;
    auto rows = integrity_.tables().query(
        "SELECT user_id, placed, processed, canceled, declined, refunded,"
        " coalesce(last_order_at, 0) FROM users_statistics"
        " WHERE generation = (SELECT current FROM users_generation)");
    while (rows.next()) {
      stored.emplace(rows.get<std::string>(0),
                     UserTotals{.placed = rows.get<std::int64_t>(1),
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

  void compare(const std::string& user, const UserTotals& stored, const UserTotals& expected) {
    if (stored == expected || by_hand_.contains(user)) return;
    check_.report("user " + user + " has " + text_of(stored) + ", but the log gives " +
                  text_of(expected));
  }

  host::ModuleIntegrity& integrity_;
  storage::IntegrityCheck& check_;
  std::unordered_map<std::string, UserTotals> expected_;
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
  integrity.read_log(reader);
}

}  // namespace

void check_statistics(host::ModuleIntegrity& integrity) {
  integrity.run_whole("statistics", [&](storage::IntegrityCheck&) { count_anew(integrity); });
}

}  // namespace orderflow::users
