#include "host/key_ages.hpp"

#include <algorithm>
#include <chrono>

namespace orderflow::host {
namespace {

/// What the time in which a node did not run counts as, at most: it is measured by the time of day
/// alone.
constexpr core::Duration downtime_max = std::chrono::hours{1};
/// Between two marks that are kept.
constexpr core::Duration marks_apart = std::chrono::minutes{10};

}  // namespace

KeyAges::KeyAges(const core::Clock& clock, const std::string& marks, core::Duration keep_for)
    : clock_(clock),
      keep_for_(keep_for),
      newest_sql_("SELECT place, passed, seen_at FROM " + marks + " ORDER BY place DESC LIMIT 2"),
      insert_sql_("INSERT INTO " + marks + "(place, passed, seen_at) VALUES(?1, ?2, ?3)"),
      move_sql_("UPDATE " + marks + " SET place = ?1, passed = ?2, seen_at = ?3 WHERE place = ?4"),
      expired_sql_("SELECT max(place) FROM " + marks + " WHERE passed < ?1"),
      forget_sql_("DELETE FROM " + marks + " WHERE place < ?1") {}

core::Duration KeyAges::passed_since(const std::optional<Mark>& last) {
  if (!offset_) {
    core::Duration passed{0};
    if (last) {
      const core::Duration away = clock_.now() - last->seen_at;
      passed = last->passed + std::clamp(away, core::Duration{0}, downtime_max);
    }
    offset_ = passed - clock_.steady();
  }
  const core::Duration passed = *offset_ + clock_.steady();
  return last ? std::max(passed, last->passed) : passed;
}

void KeyAges::leave(storage::Session session, const Mark& mark, const std::optional<Mark>& last,
                    const std::optional<Mark>& before_last) {
  if (last && before_last && mark.passed - before_last->passed < marks_apart) {
    session.execute(move_sql_, mark.row_number, mark.passed.count(), mark.seen_at,
                    last->row_number);
  } else {
    session.execute(insert_sql_, mark.row_number, mark.passed.count(), mark.seen_at);
  }
}

bool KeyAges::counts_to(std::int64_t keys_a_mark) noexcept {
  ++counted_;
  return counted_ == 1 || counted_ % keys_a_mark == 0;
}

std::optional<std::int64_t> KeyAges::mark(storage::Session session, std::int64_t row_number) {
  std::optional<Mark> last;
  std::optional<Mark> before_last;
  {
    auto rows = session.query(newest_sql_);
    while (rows.next()) {
      (last ? before_last : last) = Mark{.row_number = rows.get<std::int64_t>(0),
                                         .passed = core::Duration{rows.get<std::int64_t>(1)},
                                         .seen_at = rows.get<core::Timestamp>(2)};
    }
  }
  const core::Duration passed = passed_since(last);
  leave(session, {.row_number = row_number, .passed = passed, .seen_at = clock_.now()}, last,
        before_last);
  std::optional<std::int64_t> expired;
  {
    auto rows = session.query(expired_sql_, (passed - keep_for_).count());
    rows.next();
    expired = rows.get<std::optional<std::int64_t>>(0);
  }
  if (expired) session.execute(forget_sql_, *expired);
  return expired;
}

}  // namespace orderflow::host
