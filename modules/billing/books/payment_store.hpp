#pragma once

#include "books/payment.hpp"
#include "host/page.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// How a payment is to be charged.
struct ChargeTerms {
  core::Money amount;
  std::string_view payment_method;
  std::string_view gateway_key;
};

/// The SQL of the payments. A change of state starts from those that the table of transitions has
/// for it (`PaymentChange`); what changes else names its state here. Each returns false, and
/// changes nothing, where the payment is in another one.
class PaymentStore {
 public:
  explicit PaymentStore(storage::Session session) noexcept : session_(session) {}

  /// False, and nothing is changed, where the order has a payment already.
  bool add(const Payment& payment);

  std::optional<Payment> find(PaymentId id);
  std::optional<Payment> find_of(OrderId order_id);
  std::optional<PaymentState> state_of(PaymentId id);

  /// By `send`, where it is to be charged in just that way; counts the sending, and keeps when the
  /// first one was.
  bool begin_sending(PaymentId id, const ChargeTerms& terms, core::Timestamp at);
  /// One that can be sent, and remains as it is: to be charged by another method, under another
  /// key, which was never sent. False where anything has happened to it since it was `seen`.
  bool take_next_key(const Payment& seen, std::string_view payment_method, std::string_view key,
                     core::Timestamp at);
  /// By `process`; counts the attempt.
  bool begin_processing(PaymentId id, std::string_view gateway_reference, core::Timestamp at);
  /// By `capture` or `decline`; counts the attempt that is sending.
  bool capture(PaymentId id, std::string_view gateway_reference, core::Timestamp at);
  bool decline(PaymentId id, std::string_view decline_code, core::Timestamp at);
  /// By `give_up`, without an attempt.
  bool give_up(PaymentId id, std::string_view decline_code, core::Timestamp at);
  /// Counts an attempt that failed while sending.
  void count_failure(PaymentId id, std::string_view error, core::Timestamp at);

  /// The same without counting it.
  void note_error(PaymentId id, std::string_view error, core::Timestamp at);

  /// By `cancel`.
  bool cancel(PaymentId id, std::string_view reason, core::Timestamp at);
  /// sending or processing, and remains so: to be paid back once it is captured.
  bool mark_cancel_requested(PaymentId id, std::string_view reason, core::Timestamp at);

  /// captured, and remains so: all of it is to go back.
  bool want_back(PaymentId id, std::string_view reason, core::Timestamp at);
  /// Takes that back, as not all of it is going to go back.
  void keep_after_all(PaymentId id, core::Timestamp at);
  /// By `refund`, for a payment of nothing.
  bool refund_nothing(PaymentId id, core::Timestamp at);

  /// Promises a part of a captured payment. False where less is left: what was paid back and what
  /// is promised never come to more than the payment.
  bool promise(PaymentId id, std::int64_t amount, core::Timestamp at);
  /// A promised part was paid back; with the last part `refund`.
  bool pay_back(PaymentId id, std::int64_t amount, core::Timestamp at);
  /// A promised part is not going to be paid back.
  bool release(PaymentId id, std::int64_t amount, core::Timestamp at);
  /// So much of it is with the buyer's bank; in whatever state it is.
  void dispute(PaymentId id, std::int64_t amount, core::Timestamp at);

  /// Which of the payments that are sending or processing, and were not touched since `before`; the
  /// ones that were longest not come first, after the given one.
  struct Unanswered {
    core::Timestamp before;
    core::Timestamp after_time = {};
    PaymentId after = {};
    std::size_t limit = 1;
  };
  std::vector<Payment> unanswered(const Unanswered& query);

  /// Those of an order, or all; the newest come first.
  using Page = host::Page<Payment, PaymentId>;
  Page page(const std::optional<OrderId>& order_id, const host::PageRequest<PaymentId>& wanted);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
