#include "faults/simulation/verdict/verdict.hpp"

#include "faults/simulation/verdict/gateway_verdict.hpp"
#include "faults/simulation/verdict/invariants.hpp"
#include "faults/simulation/verdict/plain_database.hpp"
#include "faults/simulation/verdict/stored_orders.hpp"

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

  void read_orders() { orders_ = simulation::read_orders(database_, findings_); }

  /// What was done by people is not what was asked for at first.
  void read_what_people_did(const Operators& operators, const CardBooks& books) {
    for (const EditedByHand& edited : operators.edited())
      edited_.insert(edited.key);
    for (const CardBooks::Refund& refund : books.refunds()) {
      if (refund.key.empty()) by_hand_.insert(refund.order_id);
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
    check_shown_statuses(clients);
    check_cancellations(clients);
    check_promises(clients);
  }

  void check_gateway(const CardServer& card, bool receives_gateway_events, Tally& tally) {
    judge_gateway(database_, orders_, card, receives_gateway_events, findings_, tally);
  }

  void check_mails(const PostOffice& post, Tally& tally) {
    std::map<std::string, std::string> status_by_id;
    for (const auto& row : database_.rows("SELECT mail, status FROM notified"))
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
  bool may_be(const OrderAttempt& attempt, const StoredOrder& stored) const {
    const bool is_declined = attempt.is_declined && attempt.amount > 0;
    const std::string_view usual = attempt.is_fraud ? "CANCELED_FRAUD"
                                   : is_declined    ? "PAYMENT_DECLINED"
                                                    : "PROCESSED";
    if (stored.status == usual || stored.status == "CANCELED_FRAUD") return true;
    const bool is_edited = edited_.contains(stored.id);
    if (is_edited && (stored.status == "PROCESSED" || stored.status == "PAYMENT_DECLINED")) {
      return true;
    }
    if (stored.status == "PENDING") return stored.is_delayed;
    if (stored.status == "PAYMENT_DECLINED") return stored.charge_dropped;
    if (stored.status == "CANCELED") return stored.wants_cancel;
    const bool is_wanted =
        stored.wants_cancel || stored.wants_refund || by_hand_.contains(stored.id);
    return stored.status == "REFUNDED" && is_wanted && (usual == "PROCESSED" || is_edited);
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

  void check_shown_statuses(const Clients& clients) {
    std::map<std::string, std::string> status_by_id;
    for (const auto& [marker, order] : orders_)
      status_by_id.emplace(order.id, order.status);
    for (const auto& [id, status] : clients.final_statuses()) {
      const std::string& now = status_by_id[id];
      if (now == status || (now == "REFUNDED" && status == "PROCESSED")) continue;
      findings_.add("wrong status", id + " was shown as " + status + " and is " + now);
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
  StoredOrders orders_;
  std::set<std::string> edited_;   // orders that are paid another way than asked for
  std::set<std::string> by_hand_;  // orders that were paid back at the gateway
};

}  // namespace

void judge(const std::filesystem::path& database, const Clients& clients,
           const Operators& operators, const World& world, const SeenEvents& seen,
           test::Findings& findings, Tally& tally) {
  Judge judge(database, findings);
  judge.check_invariants();
  judge.read_orders();
  judge.read_what_people_did(operators, world.card.books());
  judge.check_attempts(clients, tally);
  judge.check_gateway(world.card, world.setup.receives_gateway_events, tally);
  judge.check_mails(world.post, tally);
  judge.check_seen(seen);
  judge.check_operators(operators);
  tally.events += judge.count("SELECT count(*) FROM whole_log");
  tally.removed += judge.count("SELECT removed FROM event_retention");
  tally.dead_letters += judge.count("SELECT count(*) FROM event_delivery WHERE state = 'dead'");
}

}  // namespace orderflow::simulation
