#include "statistics_store.hpp"

#include "core/money.hpp"

#include <stdexcept>
#include <string>

namespace orderflow::users {
namespace {

std::string_view upsert_for(Counter counter) noexcept {
  switch (counter) {
    case Counter::processed:
      return "INSERT INTO users_statistics(user_id, processed) VALUES(?1, 1)"
             " ON CONFLICT(user_id) DO UPDATE SET processed = processed + 1";
    case Counter::canceled:
      return "INSERT INTO users_statistics(user_id, canceled) VALUES(?1, 1)"
             " ON CONFLICT(user_id) DO UPDATE SET canceled = canceled + 1";
    case Counter::declined:
      break;
  }
  return "INSERT INTO users_statistics(user_id, declined) VALUES(?1, 1)"
         " ON CONFLICT(user_id) DO UPDATE SET declined = declined + 1";
}

std::int64_t spent_so_far(storage::Session session, std::string_view user_id,
                          std::string_view currency) {
  auto rows = session.query("SELECT amount FROM users_spent WHERE user_id = ?1 AND currency = ?2",
                            user_id, currency);
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

}  // namespace

void count_placed(storage::Session session, std::string_view user_id, std::string_view order_id,
                  core::Timestamp placed_at) {
  session.execute(
      "INSERT INTO users_statistics(user_id, placed, last_order_id, last_order_at)"
      " VALUES(?1, 1, ?2, ?3)"
      " ON CONFLICT(user_id) DO UPDATE SET placed = placed + 1,"
      " last_order_id = iif(coalesce(last_order_at, 0) > ?3, last_order_id, ?2),"
      " last_order_at = max(coalesce(last_order_at, 0), ?3)",
      user_id, order_id, placed_at);
}

void count(storage::Session session, std::string_view user_id, Counter counter) {
  session.execute(upsert_for(counter), user_id);
}

void add_spent(storage::Session session, std::string_view user_id, std::string_view currency,
               std::int64_t amount) {
  const auto sum = core::checked_add(spent_so_far(session, user_id, currency), amount);
  if (!sum) throw std::overflow_error("what user " + std::string(user_id) + " spent overflows");
  session.execute(
      "INSERT INTO users_spent(user_id, currency, amount) VALUES(?1, ?2, ?3)"
      " ON CONFLICT(user_id, currency) DO UPDATE SET amount = ?3",
      user_id, currency, *sum);
}

std::optional<Statistics> find(storage::Session session, std::string_view user_id) {
  Statistics statistics;
  {
    auto rows = session.query(
        "SELECT placed, processed, canceled, declined, last_order_id, last_order_at"
        " FROM users_statistics WHERE user_id = ?1",
        user_id);
    if (!rows.next()) return std::nullopt;
    statistics.placed = rows.get<std::int64_t>(0);
    statistics.processed = rows.get<std::int64_t>(1);
    statistics.canceled = rows.get<std::int64_t>(2);
    statistics.declined = rows.get<std::int64_t>(3);
    statistics.last_order_id = rows.get<std::optional<std::string>>(4);
    statistics.last_order_at = rows.get<std::optional<core::Timestamp>>(5);
  }
  auto rows = session.query("SELECT currency, amount FROM users_spent WHERE user_id = ?1", user_id);
  while (rows.next()) {
    statistics.spent.emplace(rows.get<std::string>(0), rows.get<std::int64_t>(1));
  }
  return statistics;
}

}  // namespace orderflow::users
