#pragma once

#include "books/refund.hpp"
#include "host/page.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// The SQL of the refunds. A change of state starts from those that the table of transitions has
/// for it (`RefundChange`): it returns false, and changes nothing, where the refund is in another
/// one. What is promised and paid back of the payment is counted by `PaymentStore`.
class RefundStore {
 public:
  explicit RefundStore(storage::Session session) noexcept : session_(session) {}

  /// Adds one that is requested, or refused at once.
  void add(const Refund& refund);

  std::optional<Refund> find(RefundId id);
  std::optional<Refund> find_by_key(std::string_view gateway_key);
  /// The one of a payment that the gateway knows by this name.
  std::optional<Refund> find_by_reference(PaymentId payment_id, std::string_view gateway_reference);
  /// Those of a payment that were asked for here, are requested, and that the gateway has given no
  /// name yet as far as we know; the newest come first.
  std::vector<Refund> without_name(PaymentId payment_id);
  /// The oldest one of a payment and over an amount that was given up.
  std::optional<Refund> find_abandoned(PaymentId payment_id, std::int64_t amount);
  /// The first idempotency key of an order's refunds that none of them has: "<order>:refund:<n>".
  std::string free_key(PaymentId payment_id, OrderId order_id);
  /// All that a payment ever had.
  std::int64_t count_of(PaymentId payment_id);

  /// Counts that the gateway is about to be asked for one that is requested, and keeps when it was
  /// first. False where it is not.
  bool begin_sending(RefundId id, core::Timestamp at);
  /// By `make` or `refuse`; counts the attempt.
  bool make(RefundId id, std::string_view gateway_reference, core::Timestamp at);
  bool refuse(RefundId id, std::string_view error, core::Timestamp at);
  /// One that is not made goes on under another key, which was never sent.
  void renew_key(RefundId id, std::string_view gateway_key, core::Timestamp at);
  /// Notes the gateway's name for one that is requested, and that it has it in hand; counts the
  /// attempt.
  bool begin_processing(RefundId id, std::string_view gateway_reference, core::Timestamp at);
  /// made, and remains so: the gateway tells that the money did not arrive after all.
  void note_later_failure(RefundId id, std::string_view error, core::Timestamp at);
  /// Notes an error, of one that is requested, without counting an attempt.
  void note_error(std::string_view gateway_key, std::string_view error, core::Timestamp at);
  /// By `abandon`.
  bool abandon(RefundId id, core::Timestamp at);
  /// By `take_up_again`.
  bool take_up_again(RefundId id, std::string_view reason, core::Timestamp at);
  /// Counts an attempt that failed, of one that is requested.
  void count_failure(std::string_view gateway_key, std::string_view error, core::Timestamp at);

  /// Those that are requested, and were not touched since `before`; the ones that were longest not
  /// come first, after the given one.
  struct Unanswered {
    core::Timestamp before;
    core::Timestamp after_time = {};
    RefundId after = {};
    std::size_t limit = 1;
  };
  std::vector<Refund> unanswered(const Unanswered& query);

  /// A page of a payment's refunds; the newest come first.
  using Page = host::Page<Refund, RefundId>;
  Page page(PaymentId payment_id, const host::PageRequest<RefundId>& wanted);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
