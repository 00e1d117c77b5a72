#include "faults/simulation/verdict/gateway_verdict.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace orderflow::simulation {
namespace {

class GatewayJudge {
 public:
  GatewayJudge(PlainDatabase& database, const StoredOrders& orders, test::Findings& findings)
      : database_(database), orders_(orders), findings_(findings) {}

  void check(const CardServer& card, bool receives_gateway_events, Tally& tally) {
    const CardBooks& books = card.books();
    std::map<std::string, const StoredOrder*> by_id;
    for (const auto& [marker, order] : orders_)
      by_id.emplace(order.id, &order);
    std::map<std::string, std::int64_t> charged;
    std::map<std::string, std::int64_t> paid_back;
    for (const CardBooks::Charge& charge : books.charges()) {
      const auto order = by_id.find(charge.order_id);
      if (order == by_id.end()) {
        findings_.add("charged for nothing", charge.order_id);
      } else if (charge.status == CardBooks::Status::succeeded) {
        ++tally.charges;
        if (charged.contains(charge.order_id)) findings_.add("charged twice", charge.order_id);
        charged[charge.order_id] += charge.amount;
        check_charge(charge, *order->second);
      }
    }
    compare_refunds(books, tally);
    for (const CardBooks::Refund& refund : books.refunds()) {
      if (refund.status == CardBooks::Status::succeeded && is_ours(refund, receives_gateway_events))
        paid_back[refund.order_id] += refund.amount;
    }
    for (const auto& [id, order] : by_id) {
      if (order->amount == 0) continue;
      const bool is_paid = order->status == "PROCESSED" || order->status == "REFUNDED";
      if (is_paid && !charged.contains(id)) findings_.add("not charged", id);
    }
    compare_sums(charged, paid_back);
    for (const std::string& key : card.contradictions())
      findings_.add("wrong charge", key + " was asked for in two ways");
    for (const std::string& what : books.nonsense())
      findings_.add("wrong charge", what + " was asked for");
  }

 private:
  void check_charge(const CardBooks::Charge& charge, const StoredOrder& order) {
    std::string currency = charge.currency;
    std::ranges::transform(currency, currency.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    if (charge.amount != order.amount || currency != order.currency) {
      findings_.add("wrong charge", charge.order_id);
    }
    const bool is_paid = order.status == "PROCESSED" || order.status == "REFUNDED";
    if (!is_paid && !order.is_delayed && !order.charge_dropped) {
      findings_.add("charged for nothing", charge.order_id + " is " + order.status);
    }
  }

  /// Whether our books should have it: of what the shop does by hand where it does not notify us
  /// only what a look into its books has found all the same, and not what an operator has dropped.
  bool is_ours(const CardBooks::Refund& refund, bool receives_gateway_events) const {
    if (!refund.key.empty()) return !abandoned_.contains(refund.key);
    return receives_gateway_events || booked_.contains(refund.id);
  }

  static bool is_in(const CardBooks& books, const std::string& refund_id) {
    return std::ranges::any_of(books.refunds(), [&](const CardBooks::Refund& refund) {
      return refund.id == refund_id && refund.status == CardBooks::Status::succeeded;
    });
  }

  /// Our refunds, each by its key, and what the gateway has made under it.
  void compare_refunds(const CardBooks& books, Tally& tally) {
    std::map<std::string, std::vector<const CardBooks::Refund*>> made;
    for (const CardBooks::Refund& refund : books.refunds()) {
      if (refund.status == CardBooks::Status::in_hand) findings_.add("not at rest", refund.id);
      if (refund.status != CardBooks::Status::succeeded) continue;
      ++(refund.key.empty() ? tally.refunds_by_hand : tally.refunds);
      if (!refund.key.empty()) made[refund.key].push_back(&refund);
    }
    std::set<std::string> known;
    for (const auto& row :
         database_.rows("SELECT gateway_key, state, amount, key IN (SELECT key FROM held), refund,"
                        " gateway_reference FROM paid_back")) {
      const std::string& state = row[1];
      known.insert(row[0]);
      booked_.insert(row[5]);
      if (state == "abandoned") abandoned_.insert(row[0]);
      const auto found = made.find(row[0]);
      const bool is_made = found != made.end();
      if (is_made && std::to_string(found->second.front()->amount) != row[2]) {
        findings_.add("wrong refund", row[4] + " has another amount at the gateway");
      }
      if (is_made && state == "refused") findings_.add("paid back for nothing", row[4]);
      if (state == "made" && !is_in(books, row[5])) findings_.add("not paid back", row[4]);
      if (state == "requested" && row[3] != "1") findings_.add("not paid back", row[4]);
    }
    for (const auto& [key, refunds] : made) {
      if (!known.contains(key)) findings_.add("paid back for nothing", key + " is not known");
      if (refunds.size() > 1) findings_.add("paid back twice", key);
    }
  }

  void compare_sums(const std::map<std::string, std::int64_t>& charged,
                    const std::map<std::string, std::int64_t>& paid_back) {
    const auto sum_of = [](const auto& sums, const std::string& order) {
      const auto found = sums.find(order);
      return std::to_string(found == sums.end() ? 0 : found->second);
    };
    for (const auto& row : database_.rows(
             "SELECT key, iif(state IN ('captured', 'refunded'), amount, 0),"
             " refunded_amount, key IN (SELECT key FROM held),"
             " key IN (SELECT key FROM discarded WHERE subscription = 'billing.capture'),"
             " gateway_reference IN (SELECT key FROM unread_statements)"
             " FROM paid WHERE amount > 0")) {
      const std::string there = sum_of(charged, row[0]);
      const std::string back = sum_of(paid_back, row[0]);
      // A charge that is not in our books may be there, and so may be what was paid back of it.
      const bool may_be_charged = (row[3] == "1" || row[4] == "1") && row[1] == "0";
      const bool may_be_paid_back = row[3] == "1" || row[5] == "1" || may_be_charged;
      if (row[1] != there && !may_be_charged) {
        findings_.add("other books", row[0] + ": charged " + row[1] + ", at the gateway " + there);
      }
      if (row[2] != back && !may_be_paid_back) {
        findings_.add("other books", row[0] + ": paid back " + row[2] + ", at the gateway " + back);
      }
    }
  }

  PlainDatabase& database_;
  const StoredOrders& orders_;
  test::Findings& findings_;
  std::set<std::string> abandoned_;  // keys of refunds that an operator has given up
  std::set<std::string> booked_;     // refunds of the gateway that our books have
};

}  // namespace

void judge_gateway(PlainDatabase& database, const StoredOrders& orders, const CardServer& card,
                   bool receives_gateway_events, test::Findings& findings, Tally& tally) {
  GatewayJudge(database, orders, findings).check(card, receives_gateway_events, tally);
}

}  // namespace orderflow::simulation
