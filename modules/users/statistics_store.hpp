#pragma once

#include "core/order_id.hpp"
#include "statistics.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderflow::users {

enum class Counter { processed, canceled, declined, refunded };

/// Writes one generation of the statistics. All SQL of the module is here and in the functions
/// below; every session is one of "users".
class StatisticsWriter {
 public:
  StatisticsWriter(storage::Session session, std::int64_t generation) noexcept
      : session_(session), generation_(generation) {}

  /// Counts a placed order; it is the last one where no later one was counted before.
  void count_placed(std::string_view user_id, core::OrderId order_id, core::Timestamp placed_at);

  void count(std::string_view user_id, Counter counter);

  /// Adds to what the user has spent, or takes it back for a refund. No sum is too large.
  void add_spent(std::string_view user_id, const core::Money& money);
  void take_back(std::string_view user_id, const core::Money& money);

 private:
  core::AmountSum spent_so_far(std::string_view user_id, std::string_view currency);
  void keep_spent(std::string_view user_id, std::string_view currency, const core::AmountSum& sum);

  storage::Session session_;
  std::int64_t generation_;
};

/// A user's statistics in the generation that is read.
std::optional<Statistics> find(storage::Session session, std::string_view user_id);

/// From now on `generation` is read.
void set_current_generation(storage::Session session, std::int64_t generation);

/// Removes up to 500 rows of each kind of a generation; false where none is left.
bool sweep_generation(storage::Session session, std::int64_t generation);

}  // namespace orderflow::users
