#pragma once

#include "books/dispute.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// Disputes of one payment that are shown, the oldest first. More are kept.
inline constexpr std::size_t disputes_shown_max = 100;

/// The SQL of the disputes.
class DisputeStore {
 public:
  explicit DisputeStore(storage::Session session) noexcept : session_(session) {}

  std::optional<Dispute> find(std::string_view reference);
  /// Adds one, or replaces what was told of it.
  void put(const Dispute& dispute);
  /// The money of a payment that is with the buyer's bank.
  std::int64_t withdrawn_of(PaymentId id);
  std::vector<Dispute> of(PaymentId id);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
