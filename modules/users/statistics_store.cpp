#include "statistics_store.hpp"

#include <string>

namespace orderflow::users {
namespace {

std::string_view upsert_for(Counter counter) noexcept {
  switch (counter) {
    case Counter::processed:
      return "INSERT INTO users_statistics(generation, user_id, processed) VALUES(?1, ?2, 1)"
             " ON CONFLICT(generation, user_id) DO UPDATE SET processed = "
             "users_statistics.processed + 1";
    case Counter::canceled:
      return "INSERT INTO users_statistics(generation, user_id, canceled) VALUES(?1, ?2, 1)"
             " ON CONFLICT(generation, user_id) DO UPDATE SET canceled = users_statistics.canceled "
             "+ 1";
    case Counter::declined:
      return "INSERT INTO users_statistics(generation, user_id, declined) VALUES(?1, ?2, 1)"
             " ON CONFLICT(generation, user_id) DO UPDATE SET declined = users_statistics.declined "
             "+ 1";
    case Counter::refunded:
      break;
  }
  return "INSERT INTO users_statistics(generation, user_id, refunded) VALUES(?1, ?2, 1)"
         " ON CONFLICT(generation, user_id) DO UPDATE SET refunded = users_statistics.refunded + 1";
}

std::int64_t current_generation(storage::Session session) {
  auto rows = session.query("SELECT current FROM users_generation");
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

core::AmountSum sum_in(const storage::Rows& rows, int column) {
  return core::AmountSum(
      {.quintillions = rows.get<std::int64_t>(column), .rest = rows.get<std::int64_t>(column + 1)});
}

}  // namespace

void StatisticsWriter::count_placed(std::string_view user_id, core::OrderId order_id,
                                    core::Timestamp placed_at) {
  session_.execute(
      "INSERT INTO users_statistics(generation, user_id, placed, last_order_id, last_order_at)"
      " VALUES(?1, ?2, 1, ?3, ?4)"
      " ON CONFLICT(generation, user_id) DO UPDATE SET placed = users_statistics.placed + 1,"
      " last_order_id = CASE WHEN coalesce(users_statistics.last_order_at, 0) > ?4"
      " THEN users_statistics.last_order_id ELSE ?3 END,"
      " last_order_at = CASE WHEN coalesce(users_statistics.last_order_at, 0) > ?4"
      " THEN users_statistics.last_order_at ELSE ?4 END",
      generation_, user_id, order_id.value().to_string(), placed_at);
}

void StatisticsWriter::count(std::string_view user_id, Counter counter) {
  session_.execute(upsert_for(counter), generation_, user_id);
}

core::AmountSum StatisticsWriter::spent_so_far(std::string_view user_id,
                                               std::string_view currency) {
  auto rows = session_.query(
      "SELECT quintillions, amount FROM users_spent"
      " WHERE generation = ?1 AND user_id = ?2 AND currency = ?3",
      generation_, user_id, currency);
  return rows.next() ? sum_in(rows, 0) : core::AmountSum();
}

void StatisticsWriter::add_spent(std::string_view user_id, const core::Money& money) {
  core::AmountSum sum = spent_so_far(user_id, money.currency.code());
  sum.add(money.amount);
  keep_spent(user_id, money.currency.code(), sum);
}

void StatisticsWriter::take_back(std::string_view user_id, const core::Money& money) {
  core::AmountSum sum = spent_so_far(user_id, money.currency.code());
  sum.subtract(money.amount);
  keep_spent(user_id, money.currency.code(), sum);
}

void StatisticsWriter::keep_spent(std::string_view user_id, std::string_view currency,
                                  const core::AmountSum& sum) {
  const core::AmountSum::Parts parts = sum.parts();
  session_.execute(
      "INSERT INTO users_spent(generation, user_id, currency, quintillions, amount)"
      " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(generation, user_id, currency)"
      " DO UPDATE SET quintillions = ?4, amount = ?5",
      generation_, user_id, currency, parts.quintillions, parts.rest);
}

std::optional<Statistics> find(storage::Session session, std::string_view user_id) {
  const std::int64_t generation = current_generation(session);
  Statistics statistics;
  {
    auto rows = session.query(
        "SELECT placed, processed, canceled, declined, refunded, last_order_id, last_order_at"
        " FROM users_statistics WHERE generation = ?1 AND user_id = ?2",
        generation, user_id);
    if (!rows.next()) return std::nullopt;
    statistics.placed = rows.get<std::int64_t>(0);
    statistics.processed = rows.get<std::int64_t>(1);
    statistics.canceled = rows.get<std::int64_t>(2);
    statistics.declined = rows.get<std::int64_t>(3);
    statistics.refunded = rows.get<std::int64_t>(4);
    statistics.last_order_id = rows.get<std::optional<std::string>>(5);
    statistics.last_order_at = rows.get<std::optional<core::Timestamp>>(6);
  }
  auto rows = session.query(
      "SELECT currency, quintillions, amount FROM users_spent"
      " WHERE generation = ?1 AND user_id = ?2",
      generation, user_id);
  while (rows.next())
    statistics.spent.emplace(rows.get<std::string>(0), sum_in(rows, 1));
  return statistics;
}

void set_current_generation(storage::Session session, std::int64_t generation) {
  session.execute("UPDATE users_generation SET current = ?1", generation);
}

bool sweep_generation(storage::Session session, std::int64_t generation) {
  const auto statistics = session.execute(
      "DELETE FROM users_statistics WHERE generation = ?1 AND user_id IN"
      " (SELECT user_id FROM users_statistics WHERE generation = ?1 ORDER BY user_id LIMIT 500)",
      generation);
  const auto spent = session.execute(
      "DELETE FROM users_spent WHERE generation = ?1 AND (user_id, currency) IN"
      " (SELECT user_id, currency FROM users_spent WHERE generation = ?1"
      " ORDER BY user_id, currency LIMIT 500)",
      generation);
  return statistics > 0 || spent > 0;
}

}  // namespace orderflow::users
