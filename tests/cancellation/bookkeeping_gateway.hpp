#pragma once

#include "billing/gateway/gateway.hpp"

#include <map>
#include <string>
#include <vector>

namespace orderflow::test {

/// What the gateway does with one request. Money moves when the request is booked, once a key.
enum class Answer {
  yes,              ///< books it and answers
  no,               ///< refuses it, for good
  lost_before,      ///< fails without having booked it
  lost_after,       ///< books it, and its answer is lost
  slow_then_books,  ///< books it after a second, and answers
  books_then_slow,  ///< books it, and answers after a second
  silent            ///< books it, and never answers
};
using Answers = std::vector<Answer>;

/// A gateway that keeps books by idempotency key, as a real one does: a key that was booked, or
/// refused, stays so whatever comes later. It outlives the nodes that ask it, so the books show
/// what a crash has left. Belongs to one thread.
class BookkeepingGateway final : public billing::PaymentGateway {
 public:
  /// The clock of those who ask; to be set before they do.
  void keep_time_by(const core::Clock& clock) { clock_ = &clock; }

  /// What becomes of an order's requests, one after the other; the last answer stands for all that
  /// follow.
  struct Script {
    Answers charges{Answer::yes};
    Answers refunds{Answer::yes};
  };
  /// Of the orders that come from now on.
  void follow(Script script) { script_ = std::move(script); }
  /// Of one order.
  void follow(const std::string& order_id, Script script) {
    scripts_[order_id] = std::move(script);
  }

  /// The amounts that were moved for an order, one an idempotency key.
  std::vector<std::int64_t> charges(const std::string& order_id) const;
  std::vector<std::int64_t> refunds(const std::string& order_id) const;

  boost::asio::awaitable<billing::ChargeResult> charge(
      const billing::ChargeRequest& request) override;
  boost::asio::awaitable<billing::RefundResult> refund(
      const billing::RefundRequest& request) override;

 private:
  struct Entry {
    std::string order_id;
    std::int64_t amount = 0;
    std::size_t requests = 0;
    enum class State { open, booked, refused } state = State::open;
  };
  using Book = std::map<std::string, Entry>;

  const Script& script_of(const std::string& order_id);
  boost::asio::awaitable<bool> ask(Entry& entry, Answer answer, core::Duration deadline,
                                   events::Timers& timers);

  const core::Clock* clock_ = nullptr;
  Script script_;
  std::map<std::string, Script> scripts_;
  Book charges_;
  Book refunds_;
};

}  // namespace orderflow::test
