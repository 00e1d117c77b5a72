#include "events/operations/dead_letter_store.hpp"

#include "events/records/subscription_store.hpp"
#include "storage/rows_looked_at.hpp"

namespace orderflow::events {
namespace {

const std::string select_letter =
    "SELECT d.subscription, d.seq, d.key, e.kind, e.id, d.attempts,"
    " coalesce(d.error, ''), d.since,"
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

bool passes(const DeadLetterFilter& filter, const storage::Rows& rows) {
  if (filter.subscription && rows.get<std::string_view>(0) != *filter.subscription) return false;
  if (filter.key && rows.get<std::string_view>(2) != *filter.key) return false;
  if (filter.kind && rows.get<std::string_view>(3) != *filter.kind) return false;
  return !filter.error || rows.get<std::string_view>(6).find(*filter.error) != std::string::npos;
}

storage::Rows scan(storage::Session session, const DeadLetterFilter& filter,
                   const DeadLetterId& after) {
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

DeadLetterPage list_dead_letters(storage::Session session, const DeadLetterFilter& filter,
                                 const std::optional<DeadLetterId>& after, std::size_t limit) {
  DeadLetterPage page;
  auto rows = scan(session, filter, after.value_or(DeadLetterId{"", Seq{0}}));
  std::size_t scanned = 0;
  std::optional<DeadLetterId> last;
  while (rows.next()) {
    if (page.letters.size() == limit) {
      page.next = last;
      return page;
    }
    ++scanned;
    last = DeadLetterId{rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)}};
    if (passes(filter, rows)) page.letters.push_back(read_letter(rows));
  }
  if (scanned == storage::rows_looked_at_max) page.next = last;
  return page;
}

DeadLetterCount count_dead_letters(storage::Session session, const DeadLetterFilter& filter,
                                   const std::optional<DeadLetterId>& after) {
  DeadLetterCount counted;
  if (!filter.kind && !filter.key && !filter.error) {
    counted.matching = count_dead(session, filter.subscription.value_or(""));
    return counted;
  }
  auto rows = scan(session, filter, after.value_or(DeadLetterId{"", Seq{0}}));
  for (std::size_t scanned = 1; rows.next(); ++scanned) {
    if (passes(filter, rows)) ++counted.matching;
    if (scanned == storage::rows_looked_at_max) {
      counted.next = DeadLetterId{rows.get<std::string>(0), Seq{rows.get<std::int64_t>(1)}};
    }
  }
  return counted;
}

std::optional<DeadLetter> find_dead_letter(storage::Session session, const DeadLetterId& id) {
  auto rows = session.query(select_one_letter, id.subscription, id.seq.value());
  if (!rows.next()) return std::nullopt;
  return read_letter(rows);
}

std::optional<std::string> edited_payload(storage::Session session, const DeadLetterId& id) {
  auto rows =
      session.query("SELECT payload FROM event_delivery WHERE subscription = ?1 AND seq = ?2",
                    id.subscription, id.seq.value());
  if (!rows.next()) return std::nullopt;
  return rows.get<std::optional<std::string>>(0);
}

std::vector<Seq> parked_behind(storage::Session session, const DeadLetterId& id,
                               std::string_view key, std::size_t limit) {
  std::vector<Seq> found;
  auto rows = session.query(
      "SELECT seq FROM event_delivery WHERE subscription = ?1 AND key = ?2 AND seq > ?3"
      " AND state = 'parked' ORDER BY seq LIMIT ?4",
      id.subscription, key, id.seq.value(), limit);
  while (rows.next())
    found.emplace_back(rows.get<std::int64_t>(0));
  return found;
}

std::vector<LetterHeading> letters_of_run(storage::Session session, std::string_view subscription,
                                          Seq after, std::int64_t upto_death, std::int64_t limit) {
  std::vector<LetterHeading> found;
  auto rows = session.query(
      "SELECT d.seq, d.key, e.kind, coalesce(d.error, '') FROM event_delivery d"
      " JOIN event_log e ON e.seq = d.seq WHERE d.subscription = ?1 AND d.state = 'dead'"
      " AND d.seq > ?2 AND d.death <= ?3 ORDER BY d.seq LIMIT ?4",
      subscription, after.value(), upto_death, limit);
  while (rows.next()) {
    found.push_back({.seq = Seq{rows.get<std::int64_t>(0)},
                     .key = rows.get<std::string>(1),
                     .kind = rows.get<std::string>(2),
                     .error = rows.get<std::string>(3)});
  }
  return found;
}

}  // namespace orderflow::events
