#include "faults/simulation/verdict/verdict.hpp"

#include "faults/simulation/verdict/invariants.hpp"
#include "faults/simulation/verdict/plain_database.hpp"

#include <algorithm>
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
  bool is_delayed;      ///< a delivery that decides on it is listed
  bool wants_cancel;    ///< its buyer has asked to cancel it
  bool charge_dropped;  ///< an operator has discarded its charge
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
        " key IN (SELECT key FROM paid_back) FROM placed");
    for (const auto& row : rows) {
      const bool is_new = orders_
                              .emplace(row[0], StoredOrder{.id = row[1],
                                                           .user_id = row[2],
                                                           .status = row[3],
                                                           .currency = row[4],
                                                           .amount = std::stoll(row[5]),
                                                           .is_delayed = row[6] == "1",
                                                           .wants_cancel = row[7] == "1",
                                                           .charge_dropped = row[8] == "1",
                                                           .wants_refund = row[9] == "1"})
                              .second;
      if (!is_new) findings_.add("order twice", row[0]);
    }
  }

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
    check_told(clients);
    check_cancellations(clients);
    check_promises(clients);
  }

  /// Our books and the gateway's, to the cent: order by order, and refund by refund.
  void check_gateway(const CardServer& card, bool receives_gateway_events, Tally& tally) {
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

  /// Whether our books should have it: of what the shop does by hand where it does not tell us only
  /// what a look into its books has found all the same, and not what an operator has dropped.
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
  std::set<std::string> abandoned_;            // keys of refunds that an operator has given up
  std::set<std::string> booked_;               // refunds of the gateway that our books have
  std::set<std::string> edited_;               // orders that are paid another way than asked for
  std::set<std::string> by_hand_;              // orders that were paid back at the gateway
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
