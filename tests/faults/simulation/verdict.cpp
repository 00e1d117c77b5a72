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
  bool is_held_up;  ///< a delivery that decides on it is listed
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
        " key IN (SELECT key FROM event_delivery WHERE subscription IN"
        " ('billing.assess', 'billing.capture', 'orders.settle')) FROM placed");
    for (const auto& row : rows) {
      const bool is_new = orders_
                              .emplace(row[0], StoredOrder{.id = row[1],
                                                           .user_id = row[2],
                                                           .status = row[3],
                                                           .currency = row[4],
                                                           .amount = std::stoll(row[5]),
                                                           .is_held_up = row[6] == "1"})
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
  }

  void check_bank(const SimulatedBank& bank, Tally& tally) {
    std::map<std::string, int> charges;
    std::map<std::string, const StoredOrder*> by_id;
    for (const auto& [marker, order] : orders_)
      by_id.emplace(order.id, &order);
    for (const auto& [key, entry] : bank.books()) {
      const auto order = by_id.find(entry.order_id);
      if (order == by_id.end()) {
        findings_.add("charged for nothing", entry.order_id);
        continue;
      }
      if (!entry.approved) continue;
      ++tally.charges;
      if (++charges[entry.order_id] > 1) findings_.add("charged twice", entry.order_id);
      if (entry.amount != order->second->amount || entry.currency != order->second->currency) {
        findings_.add("wrong charge", entry.order_id);
      }
      if (order->second->status != "PROCESSED" && !order->second->is_held_up) {
        findings_.add("charged for nothing", entry.order_id + " is " + order->second->status);
      }
    }
    for (const auto& [id, order] : by_id) {
      if (order->status == "PROCESSED" && order->amount > 0 && charges[id] == 0) {
        findings_.add("not charged", id);
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
    for (const auto& row : database_.rows("SELECT seq, lower(hex(id)) FROM event_log"))
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
    if (stored.status == "PENDING" && stored.is_held_up) return;
    // The rate rule depends on what came before; nothing else does.
    const bool is_declined = attempt.is_declined && attempt.amount > 0;
    const std::string_view usual = attempt.is_fraud ? "CANCELED_FRAUD"
                                   : is_declined    ? "PAYMENT_DECLINED"
                                                    : "PROCESSED";
    if (stored.status != usual && stored.status != "CANCELED_FRAUD") {
      findings_.add("wrong status", attempt.marker + " is " + stored.status);
    }
  }

  void check_told(const Clients& clients) {
    std::map<std::string, std::string> status_by_id;
    for (const auto& [marker, order] : orders_)
      status_by_id.emplace(order.id, order.status);
    for (const auto& [id, status] : clients.final_statuses()) {
      if (status_by_id[id] != status) {
        findings_.add("wrong status", id + " was told to be " + status);
      }
    }
  }

  PlainDatabase database_;
  test::Findings& findings_;
  std::map<std::string, StoredOrder> orders_;  // by the marker of their first item
};

}  // namespace

void judge(const std::filesystem::path& database, const Clients& clients, const World& world,
           const SeenEvents& seen, test::Findings& findings, Tally& tally) {
  Judge judge(database, findings);
  judge.check_invariants();
  judge.read_orders();
  judge.check_attempts(clients, tally);
  judge.check_bank(world.bank, tally);
  judge.check_mails(world.post, tally);
  judge.check_seen(seen);
  tally.events += judge.count("SELECT count(*) FROM event_log");
  tally.dead_letters += judge.count("SELECT count(*) FROM event_delivery WHERE state = 'dead'");
}

}  // namespace orderflow::simulation
