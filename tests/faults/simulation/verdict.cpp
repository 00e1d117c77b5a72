#include "faults/simulation/verdict.hpp"

#include "faults/simulation/invariants.hpp"
#include "faults/simulation/plain_database.hpp"

#include <set>
#include <utility>

namespace orderflow::simulation {
namespace {

using Answer = OrderAttempt::Answer;

std::string joined(const PlainDatabase::Row& row) {
  std::string text;
  for (const std::string& value : row)
    text += (text.empty() ? "" : " ") + value;
  return text;
}

struct StoredOrder {
  std::string id;
  std::string user_id;
  std::string status;
  std::string currency;
  std::int64_t amount;
  bool is_held_up;      ///< a delivery that decides on it is listed
  bool wants_cancel;    ///< its buyer has asked to cancel it
  bool charge_dropped;  ///< an operator has discarded its charge
  bool refund_dropped;  ///< or a refund of it
  bool wants_refund;    ///< somebody was promised a part of it
};

class Judge {
 public:
  Judge(const std::filesystem::path& database, test::Findings& findings)
      : database_(database), findings_(findings) {}

  void check_invariants() {
    for (const std::string_view view : invariant_views())
      database_.rows(std::string(view));
    for (const Invariant& invariant : invariants()) {
      for (const auto& row : database_.rows(std::string(invariant.sql)))
        findings_.add(std::string(invariant.finding), joined(row));
    }
  }

  void read_orders() {
    const auto rows = database_.rows(
        "SELECT items->>'$[0].productId', key, user_id, status, currency, total_amount,"
        " key IN (SELECT key FROM held),"
        " key IN (SELECT key FROM whole_log WHERE kind = 'order.cancel_requested'),"
        " key IN (SELECT key FROM discarded WHERE subscription = 'billing.capture'),"
        " key IN (SELECT key FROM discarded WHERE subscription = 'billing.refund'),"
        " key IN (SELECT key FROM paid_back) FROM placed");
    for (const auto& row : rows) {
      const bool is_new = orders_
                              .emplace(row[0], StoredOrder{.id = row[1],
                                                           .user_id = row[2],
                                                           .status = row[3],
                                                           .currency = row[4],
                                                           .amount = std::stoll(row[5]),
                                                           .is_held_up = row[6] == "1",
                                                           .wants_cancel = row[7] == "1",
                                                           .charge_dropped = row[8] == "1",
                                                           .refund_dropped = row[9] == "1",
                                                           .wants_refund = row[10] == "1"})
                              .second;
      if (!is_new) findings_.add("order twice", row[0]);
    }
  }

  void check_attempts(const Clients& clients, Tally& tally) {
    std::set<std::string> known;
    for (const OrderAttempt& attempt : clients.attempts()) {
      known.insert(attempt.marker);
      ++tally.orders;
      if (attempt.answer == Answer::acknowledged) ++tally.acknowledged;
      if (attempt.answer == Answer::unknown) ++tally.unanswered;
      const auto stored = orders_.find(attempt.marker);
      if (stored != orders_.end()) {
        check_stored(attempt, stored->second);
      } else if (attempt.answer == Answer::acknowledged) {
        findings_.add("lost", attempt.marker + " " + attempt.order_id);
      }
    }
    for (const auto& [marker, order] : orders_) {
      if (!known.contains(marker)) findings_.add("unexpected", marker + " was never asked for");
    }
    check_told(clients);
    check_cancellations(clients);
    check_promises(clients);
  }

  void check_bank(const SimulatedBank& bank, Tally& tally) {
    std::map<std::string, const StoredOrder*> by_id;
    for (const auto& [marker, order] : orders_)
      by_id.emplace(order.id, &order);
    std::map<std::string, const SimulatedBank::Entry*> charges;
    for (const auto& [key, entry] : bank.books()) {
      const auto order = by_id.find(entry.order_id);
      if (order == by_id.end()) {
        findings_.add("charged for nothing", entry.order_id);
        continue;
      }
      if (!entry.approved) continue;
      ++tally.charges;
      if (!charges.emplace(entry.order_id, &entry).second) {
        findings_.add("charged twice", entry.order_id);
      }
      check_charge(entry, *order->second);
    }
    std::map<std::string, std::int64_t> returned;
    for (const auto& [key, refund] : bank.refunds()) {
      ++tally.refunds;
      const auto charge = charges.find(refund.order_id);
      if (charge == charges.end()) {
        findings_.add("paid back for nothing", refund.order_id);
        continue;
      }
      if (refund.currency != charge->second->currency) {
        findings_.add("wrong refund", refund.order_id);
      }
      std::int64_t& sum = returned[refund.order_id];
      sum += refund.amount;
      // An operator who drops what the bank has paid, and lets it be paid again, knows what he
      // does.
      if (sum > charge->second->amount && !by_id.at(refund.order_id)->refund_dropped) {
        findings_.add("paid back too much", refund.order_id + " " + std::to_string(sum) + " of " +
                                                std::to_string(charge->second->amount));
      }
    }
    compare_refunds(bank);
    for (const auto& [id, order] : by_id) {
      if (order->amount == 0) continue;
      const bool is_paid = order->status == "PROCESSED" || order->status == "REFUNDED";
      if (is_paid && !charges.contains(id)) findings_.add("not charged", id);
      if (order->status == "REFUNDED" && returned[id] != order->amount && !order->refund_dropped) {
        findings_.add("not paid back", id);
      }
    }
    for (const std::string& key : bank.contradictions())
      findings_.add("wrong charge", key + " was asked for in two ways");
  }

  void check_mails(const PostOffice& post, Tally& tally) {
    std::map<std::string, std::string> status_by_id;
    for (const auto& row : database_.rows("SELECT mail, status FROM told"))
      status_by_id.emplace(row[0], row[1]);
    for (const auto& [id, mail] : post.mails()) {
      ++tally.mails;
      tally.mail_copies += static_cast<std::uint64_t>(mail.copies);
      if (!status_by_id.contains(id)) findings_.add("wrong mail", id + " is of no event");
    }
    for (const auto& [id, status] : status_by_id) {
      if (status == "sent" && !post.mails().contains(id)) {
        findings_.add("wrong mail", id + " was never sent");
      }
    }
    for (const std::string& id : post.contradictions())
      findings_.add("wrong mail", id + " came with two contents");
  }

  void check_seen(const SeenEvents& seen) {
    std::map<std::int64_t, std::string> log;
    for (const auto& row : database_.rows("SELECT seq, id FROM whole_log"))
      log.emplace(std::stoll(row[0]), row[1]);
    for (const auto& [seq, id] : seen) {
      std::string digits = id;
      std::erase(digits, '-');
      const auto found = log.find(seq);
      if (found == log.end() || found->second != digits) {
        findings_.add("live event lost", std::to_string(seq) + " " + id);
      }
    }
  }

  void check_operators(const Operators& operators) {
    std::set<PlainDatabase::Row> audit;
    for (auto& row : database_.rows("SELECT action, subscription, seq FROM event_audit"))
      audit.insert(std::move(row));
    for (const DoneByHand& done : operators.done()) {
      const std::string seq = std::to_string(done.seq);
      if (!audit.contains({done.action, done.subscription, seq})) {
        findings_.add("lost", done.action + " of " + done.subscription + ":" + seq);
      }
    }
  }

  std::uint64_t count(const std::string& sql) { return std::stoull(database_.rows(sql)[0][0]); }

 private:
  void check_stored(const OrderAttempt& attempt, const StoredOrder& stored) {
    if (attempt.answer == Answer::refused) findings_.add("unexpected", attempt.marker);
    if (attempt.answer == Answer::acknowledged && attempt.order_id != stored.id) {
      findings_.add("lost", attempt.order_id + " is stored as " + stored.id);
    }
    if (attempt.amount != stored.amount || attempt.currency != stored.currency ||
        attempt.user_id != stored.user_id) {
      findings_.add("half there", attempt.marker + " has another content");
    }
    if (!may_be(attempt, stored)) {
      findings_.add("wrong status", attempt.marker + " is " + stored.status);
    }
  }

  /// The rate rule depends on what came before, so that every order may be fraud; nothing else
  /// does.
  static bool may_be(const OrderAttempt& attempt, const StoredOrder& stored) {
    const bool is_declined = attempt.is_declined && attempt.amount > 0;
    const std::string_view usual = attempt.is_fraud ? "CANCELED_FRAUD"
                                   : is_declined    ? "PAYMENT_DECLINED"
                                                    : "PROCESSED";
    if (stored.status == usual || stored.status == "CANCELED_FRAUD") return true;
    if (stored.status == "PENDING") return stored.is_held_up;
    if (stored.status == "PAYMENT_DECLINED") return stored.charge_dropped;
    if (stored.status == "CANCELED") return stored.wants_cancel;
    return stored.status == "REFUNDED" && (stored.wants_cancel || stored.wants_refund) &&
           usual == "PROCESSED";
  }

  void check_charge(const SimulatedBank::Entry& charge, const StoredOrder& order) {
    if (charge.amount != order.amount || charge.currency != order.currency) {
      findings_.add("wrong charge", charge.order_id);
    }
    const bool is_paid = order.status == "PROCESSED" || order.status == "REFUNDED";
    if (!is_paid && !order.is_held_up && !order.charge_dropped) {
      findings_.add("charged for nothing", charge.order_id + " is " + order.status);
    }
  }

  /// Our books and the bank's, refund by refund.
  void compare_refunds(const SimulatedBank& bank) {
    std::set<std::string> known;
    for (const auto& row :
         database_.rows("SELECT gateway_key, state, amount, key IN (SELECT key FROM held), refund"
                        " FROM paid_back")) {
      const std::string& state = row[1];
      known.insert(row[0]);
      const auto booked = bank.refunds().find(row[0]);
      const bool is_booked = booked != bank.refunds().end();
      if (is_booked && std::to_string(booked->second.amount) != row[2]) {
        findings_.add("wrong refund", row[4] + " has another amount at the bank");
      }
      if (is_booked && state == "refused") findings_.add("paid back for nothing", row[4]);
      if (!is_booked && state == "made") findings_.add("not paid back", row[4]);
      if (state == "requested" && row[3] != "1") findings_.add("not paid back", row[4]);
      if (state == "refused" && !bank.refusals().contains(row[0])) {
        findings_.add("not paid back", row[4] + " was never refused");
      }
    }
    for (const auto& [key, refund] : bank.refunds()) {
      if (!known.contains(key)) findings_.add("paid back for nothing", key + " is not known");
    }
  }

  void check_promises(const Clients& clients) {
    std::map<std::string, std::string> amounts;
    for (const auto& row : database_.rows("SELECT refund, amount FROM paid_back"))
      amounts.emplace(row[0], row[1]);
    for (const RefundAttempt& attempt : clients.refunds()) {
      if (attempt.refund_id.empty()) continue;
      const auto stored = amounts.find(attempt.refund_id);
      if (stored == amounts.end() || stored->second != std::to_string(attempt.amount)) {
        findings_.add("lost", "refund " + attempt.refund_id + " of " + attempt.order_id);
      }
    }
  }

  void check_told(const Clients& clients) {
    std::map<std::string, std::string> status_by_id;
    for (const auto& [marker, order] : orders_)
      status_by_id.emplace(order.id, order.status);
    for (const auto& [id, status] : clients.final_statuses()) {
      const std::string& now = status_by_id[id];
      if (now == status || (now == "REFUNDED" && status == "PROCESSED")) continue;
      findings_.add("wrong status", id + " was told to be " + status + " and is " + now);
    }
  }

  void check_cancellations(const Clients& clients) {
    std::set<std::string> asked;
    for (const auto& [marker, order] : orders_) {
      if (order.wants_cancel) asked.insert(order.id);
    }
    for (const std::string& id : clients.accepted_cancellations()) {
      if (!asked.contains(id)) findings_.add("lost", "the cancellation of " + id);
    }
  }

  PlainDatabase database_;
  test::Findings& findings_;
  std::map<std::string, StoredOrder> orders_;  // by the marker of their first item
};

}  // namespace

void judge(const std::filesystem::path& database, const Clients& clients,
           const Operators& operators, const World& world, const SeenEvents& seen,
           test::Findings& findings, Tally& tally) {
  Judge judge(database, findings);
  judge.check_invariants();
  judge.read_orders();
  judge.check_attempts(clients, tally);
  judge.check_bank(world.bank, tally);
  judge.check_mails(world.post, tally);
  judge.check_seen(seen);
  judge.check_operators(operators);
  tally.events += judge.count("SELECT count(*) FROM whole_log");
  tally.removed += judge.count("SELECT removed FROM event_retention");
  tally.dead_letters += judge.count("SELECT count(*) FROM event_delivery WHERE state = 'dead'");
}

}  // namespace orderflow::simulation
