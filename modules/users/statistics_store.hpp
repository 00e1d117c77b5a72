#pragma once

#include "statistics.hpp"
#include "storage/connection.hpp"

#include <optional>
#include <string_view>

namespace orderflow::users {

/// All SQL of the module. Every function works on a session of "users".

enum class Counter { processed, canceled, declined };

/// Counts a placed order; it is the last one where no later one was counted before.
void count_placed(storage::Session session, std::string_view user_id, std::string_view order_id,
                  core::Timestamp placed_at);

void count(storage::Session session, std::string_view user_id, Counter counter);

/// Adds to what the user has spent. Throws `std::overflow_error` where the sum would not fit.
void add_spent(storage::Session session, std::string_view user_id, std::string_view currency,
               std::int64_t amount);

std::optional<Statistics> find(storage::Session session, std::string_view user_id);

}  // namespace orderflow::users
