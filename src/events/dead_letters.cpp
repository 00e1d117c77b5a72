#include "events/dead_letters.hpp"

#include "storage/rows_looked_at.hpp"

#include <algorithm>
#include <charconv>

namespace orderflow::events {
namespace {

const std::string select_letter =
    "SELECT d.subscription, d.seq, d.key, e.kind, e.id, d.attempts, coalesce(d.error, ''), d.since,"
    " CASE WHEN d.payload IS NULL THEN 0 ELSE 1 END"
    " FROM event_delivery d JOIN event_log e ON e.seq = d.seq WHERE d.state = 'dead' ";
const std::string select_after =
    select_letter +
    "AND (d.subscription, d.seq) > (?1, ?2) ORDER BY d.subscription, d.seq LIMIT ?3";
const std::string select_of_subscription =
    select_letter + "AND d.subscription = ?1 AND d.seq > ?2 ORDER BY d.seq LIMIT ?3";
const std::string select_of_key =
    select_letter +
    "AND d.key = ?4 AND (d.subscription, d.seq) > (?1, ?2) ORDER BY d.subscription, d.seq LIMIT ?3";
const std::string select_one_letter = select_letter + "AND d.subscription = ?1 AND d.seq = ?2";

DeadLetter read_letter(const storage::Rows& rows) {
  return {.id = {rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)}},
          .key = rows.get<std::string>(2),
          .kind = rows.get<std::string>(3),
          .event_id = rows.get<core::Uuid>(4).to_string(),
          .attempts = rows.get<int>(5),
          .error = rows.get<std::string>(6),
          .since = rows.get<core::Timestamp>(7),
          .edited = rows.get<bool>(8)};
}

bool passes(const LetterFilter& filter, const storage::Rows& rows) {
  if (filter.subscription && rows.get<std::string_view>(0) != *filter.subscription) return false;
  if (filter.key && rows.get<std::string_view>(2) != *filter.key) return false;
  if (filter.kind && rows.get<std::string_view>(3) != *filter.kind) return false;
  return !filter.error || rows.get<std::string_view>(6).find(*filter.error) != std::string::npos;
}

storage::Rows scan(storage::Session session, const LetterFilter& filter, const LetterId& after) {
  if (filter.key) {
    return session.query(select_of_key, after.subscription, after.seq.value(),
                         storage::rows_looked_at_max, *filter.key);
  }
  if (filter.subscription) {
    const Seq seq = after.subscription == *filter.subscription ? after.seq : Seq{0};
    return session.query(select_of_subscription, *filter.subscription, seq.value(),
                         storage::rows_looked_at_max);
  }
  return session.query(select_after, after.subscription, after.seq.value(),
                       storage::rows_looked_at_max);
}

}  // namespace

std::string LetterId::to_text() const {
  return subscription + ":" + std::to_string(seq.value());
}

std::optional<LetterId> LetterId::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::int64_t seq = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || seq < 1) {
    return std::nullopt;
  }
  return LetterId{std::string(text.substr(0, colon)), Seq{seq}};
}

LetterPage list_letters(storage::Session session, const LetterFilter& filter,
                        const std::optional<LetterId>& after, std::size_t limit) {
  LetterPage page;
  auto rows = scan(session, filter, after.value_or(LetterId{"", Seq{0}}));
  std::size_t scanned = 0;
  std::optional<LetterId> last;
  while (rows.next()) {
    if (page.letters.size() == limit) {
      page.next = last;
      return page;
    }
    ++scanned;
    last = LetterId{rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)}};
    if (passes(filter, rows)) page.letters.push_back(read_letter(rows));
  }
  if (scanned == storage::rows_looked_at_max) page.next = last;
  return page;
}

LetterCount count_letters(storage::Session session, const LetterFilter& filter,
                          const std::optional<LetterId>& after) {
  LetterCount counted;
  if (!filter.kind && !filter.key && !filter.error) {
    auto rows = session.query(
        "SELECT CAST(coalesce(sum(dead), 0) AS bigint) FROM event_subscription"
        " WHERE ?1 IN ('', name)",
        filter.subscription.value_or(""));
    rows.next();
    counted.matching = rows.get<std::int64_t>(0);
    return counted;
  }
  auto rows = scan(session, filter, after.value_or(LetterId{"", Seq{0}}));
  for (std::size_t scanned = 1; rows.next(); ++scanned) {
    if (passes(filter, rows)) ++counted.matching;
    if (scanned == storage::rows_looked_at_max) {
      counted.next = LetterId{rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)}};
    }
  }
  return counted;
}

std::optional<DeadLetter> find_letter(storage::Session session, const LetterId& id) {
  auto rows = session.query(select_one_letter, id.subscription, id.seq.value());
  if (!rows.next()) return std::nullopt;
  return read_letter(rows);
}

std::optional<std::string> edited_payload(storage::Session session, const LetterId& id) {
  auto rows =
      session.query("SELECT payload FROM event_delivery WHERE subscription = ?1 AND seq = ?2",
                    id.subscription, id.seq.value());
  if (!rows.next()) return std::nullopt;
  return rows.get<std::optional<std::string>>(0);
}

std::vector<AttemptRecord> attempts_of(storage::Session session, const LetterId& id,
                                       std::size_t limit) {
  std::vector<AttemptRecord> found;
  auto rows = session.query(
      "SELECT attempt, started_at, duration_us, error, times, first_started_at FROM event_attempt"
      " WHERE subscription = ?1 AND seq = ?2 ORDER BY attempt DESC LIMIT ?3",
      id.subscription, id.seq.value(), limit);
  while (rows.next()) {
    found.push_back({rows.get<int>(0), rows.get<core::Timestamp>(1),
                     core::Duration{rows.get<std::int64_t>(2)},
                     rows.get<std::optional<std::string>>(3), rows.get<int>(4),
                     rows.get<std::optional<core::Timestamp>>(5)});
  }
  std::ranges::reverse(found);
  return found;
}

std::vector<Seq> parked_behind(storage::Session session, const LetterId& id, std::string_view key,
                               std::size_t limit) {
  std::vector<Seq> found;
  auto rows = session.query(
      "SELECT seq FROM event_delivery WHERE subscription = ?1 AND key = ?2 AND seq > ?3"
      " AND state = 'parked' ORDER BY seq LIMIT ?4",
      id.subscription, key, id.seq.value(), limit);
  while (rows.next())
    found.emplace_back(rows.get<std::int64_t>(0));
  return found;
}

}  // namespace orderflow::events
