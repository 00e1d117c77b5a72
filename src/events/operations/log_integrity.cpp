#include "events/operations/log_integrity.hpp"

#include "events/delivery/edit.hpp"
#include "events/operations/unhosted_cursors.hpp"
#include "storage/ownership.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::events {
namespace {

using storage::IntegrityCheck;

bool has_table(storage::Connection& connection, std::string_view table) {
  return connection.session(storage::Ownership::storage_layer)
      .query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", table)
      .next();
}

template <class... Args>
std::int64_t number(storage::Session session, std::string_view sql, const Args&... args) {
  storage::Rows rows = session.query(sql, args...);
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

constexpr std::size_t unhosted_named_max = 5;

/// The tables tell which cursors nobody works since the sixth step.
bool tells_unhosted(storage::Connection& connection) {
  return connection.session(storage::Ownership::storage_layer)
      .query("SELECT 1 FROM storage_migration WHERE owner = 'event' AND number = 6")
      .next();
}

Seq removed_up_to(storage::Connection& connection) {
  auto session = connection.session(event_owner);
  // A log that does not begin at 1 has lost its beginning, whatever else is stored of it.
  const std::int64_t first = number(session, "SELECT coalesce(min(seq), 1) FROM event_log");
  const std::int64_t stored = has_table(connection, "event_retention")
                                  ? number(session, "SELECT removed_to FROM event_retention")
                                  : 0;
  return Seq{std::max(stored, first - 1)};
}

}  // namespace

Progress::Progress(storage::Connection& connection)
    : removed_to_(removed_up_to(connection)),
      newest_(
          number(connection.session(event_owner), "SELECT coalesce(max(seq), 0) FROM event_log")) {
  auto session = connection.session(event_owner);
  auto cursors = session.query("SELECT name, cursor FROM event_subscription");
  while (cursors.next())
    cursors_.emplace(cursors.get<std::string>(0), Seq{cursors.get<std::int64_t>(1)});
  auto rows = session.query("SELECT subscription, seq FROM event_delivery");
  while (rows.next())
    with_row_[rows.get<std::string>(0)].insert(rows.get<std::int64_t>(1));
  if (has_table(connection, "event_rebuild")) {
    auto rebuilds = session.query("SELECT subscription FROM event_rebuild");
    while (rebuilds.next())
      rebuilding_.insert(rebuilds.get<std::string>(0));
  }
  if (!has_table(connection, "event_audit")) return;
  auto done_by_hand = session.query(
      "SELECT subscription, seq FROM event_audit WHERE seq IS NOT NULL"
      " AND (action = 'discard' OR detail ->> '$.payload' IS NOT NULL)");
  while (done_by_hand.next())
    by_hand_[done_by_hand.get<std::string>(0)].insert(done_by_hand.get<std::int64_t>(1));
}

bool Progress::done(std::string_view subscription, Seq seq) const {
  const auto cursor = cursors_.find(subscription);
  if (cursor == cursors_.end() || seq > cursor->second) return false;
  return !has(with_row_, subscription, seq);
}

bool Progress::by_hand(std::string_view subscription, Seq seq) const {
  return has(by_hand_, subscription, seq);
}

bool Progress::has(const Positions& positions, std::string_view subscription, Seq seq) {
  const auto found = positions.find(subscription);
  return found != positions.end() && found->second.contains(seq.value());
}

LogIntegrity::LogIntegrity(storage::Connection& connection, const Catalog& catalog,
                           std::string node, storage::IntegrityReport& report, Scope scope)
    : connection_(connection),
      catalog_(catalog),
      node_(std::move(node)),
      report_(report),
      scope_(std::move(scope)),
      progress_(connection) {}

IdRange LogIntegrity::ids() const {
  core::Uuid last;
  last.bytes.fill(0xff);
  return {.after = core::Uuid::parse(scope_.keys.after).value_or(core::Uuid{}),
          .upto = core::Uuid::parse(scope_.keys.upto).value_or(last)};
}

void LogIntegrity::run_whole(std::string name, const std::function<void(IntegrityCheck&)>& body) {
  if (scope_.is_whole) {
    report_.run(std::move(name), body);
  } else {
    report_.add(std::move(name))
        .skip(
            "a node works on the database, and this would take one long snapshot of it: stop the "
            "node,"
            " or say --whole");
  }
}

storage::Session LogIntegrity::session() const {
  return connection_.session(event_owner);
}

void LogIntegrity::run() {
  check_positions();
  check_causes();
  if (scope_.has_progress) {
    check_subscriptions();
    report_unhosted();
    check_deliveries();
    check_order();
    check_attempts();
  }
  read_log();
}

void LogIntegrity::check_positions() {
  run_whole("events: log", [this](IntegrityCheck& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_log"), "events");
    check.report_rows(session().query(
        "SELECT 'the place before event ' || seq || ' is empty' FROM event_log AS later"
        " WHERE seq > ?1 + 1 AND NOT EXISTS"
        " (SELECT 1 FROM event_log WHERE seq = later.seq - 1)",
        progress_.removed_to().value()));
    check.report_rows(session().query(
        "SELECT 'the id of event ' || max(seq) || ' is not 16 bytes, or not its alone'"
        " FROM event_log GROUP BY id, audience HAVING count(*) > 1 OR length(id) <> 16"));
  });
}

void LogIntegrity::check_causes() {
  run_whole("events: causes", [this](IntegrityCheck& check) {
    check.looked_at(
        number(session(), "SELECT count(*) FROM event_log WHERE causation_id IS NOT NULL"),
        "events with a cause");
    // What another node published has its cause there. The causes of the first events that are left
    // may have been removed.
    check.report_rows(session().query(
        "SELECT 'event ' || said.seq || ' (' || said.kind || ') was caused by '"
        " || CASE WHEN cause.seq IS NULL THEN 'an event that is not there'"
        "         WHEN cause.seq >= said.seq THEN 'event ' || cause.seq || ', which is not before "
        "it'"
        "         ELSE 'event ' || cause.seq || ', which has another correlation id' END"
        " FROM event_log AS said LEFT JOIN event_log AS cause ON cause.id = said.causation_id"
        " AND (cause.audience = ''"
        "      OR substr(said.origin, -length(cause.audience) - 1) = '/' || cause.audience)"
        " WHERE said.causation_id IS NOT NULL AND said.audience = ''"
        " AND ((cause.seq IS NULL AND ?1 = 0) OR cause.seq >= said.seq"
        "      OR cause.correlation_id <> said.correlation_id)",
        progress_.removed_to().value()));
  });
}

void LogIntegrity::check_subscriptions() {
  report_.run("events: subscriptions", [this](IntegrityCheck& check) {
    check.looked_at(static_cast<std::int64_t>(progress_.cursors().size()), "subscriptions");
    check.report_rows(session().query(
        "SELECT name || ' has its cursor at ' || cursor || ', but the log ends at ' || ?1"
        " FROM event_subscription WHERE cursor > max(?1, ?2) OR cursor < 0",
        progress_.newest().value(), progress_.removed_to().value()));
    check.report_rows(session().query(
        "SELECT name || ' tells of ' || running || ' running, ' || retrying || ' retrying, '"
        " || parked || ' parked and ' || dead || ' dead, but the rows are '"
        " || r || ', ' || t || ', ' || p || ' and ' || d FROM event_subscription AS s JOIN"
        " (SELECT own.name AS owner, count(*) FILTER (WHERE state = 'running') AS r,"
        "  count(*) FILTER (WHERE state = 'retrying') AS t,"
        "  count(*) FILTER (WHERE state = 'parked') AS p,"
        "  count(*) FILTER (WHERE state = 'dead') AS d"
        "  FROM event_subscription AS own LEFT JOIN event_delivery ON subscription = own.name"
        "  GROUP BY own.name) ON owner = s.name"
        " WHERE (running, retrying, parked, dead) <> (r, t, p, d)"));
  });
}

void LogIntegrity::report_unhosted() {
  report_.run("events: cursors not hosted", [this](IntegrityCheck& check) {
    if (!tells_unhosted(connection_)) {
      check.skip("an older program made the tables, and this one has not run on them");
      return;
    }
    const auto cursors = unhosted_cursors(session(), {});
    std::string names;
    for (std::size_t i = 0; i < std::min(cursors.size(), unhosted_named_max); ++i) {
      names += (i == 0 ? ": " : ", ") + cursors[i].name + " holds what came after " +
               std::to_string(cursors[i].cursor.value());
    }
    check.looked_at(static_cast<std::int64_t>(cursors.size()), "cursors" + names);
  });
}

void LogIntegrity::check_deliveries() {
  report_.run("events: deliveries", [this](IntegrityCheck& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_delivery"), "rows");
    check.report_rows(session().query(
        "SELECT subscription || ' has a row for event ' || d.seq || CASE"
        " WHEN name IS NULL THEN ', but there is no such subscription'"
        " WHEN e.seq IS NULL THEN ', which is not in the log'"
        " WHEN e.key <> d.key THEN ' under the key of another'"
        " ELSE ', which is beyond its cursor ' || cursor END"
        " FROM event_delivery AS d LEFT JOIN event_log AS e ON e.seq = d.seq"
        " LEFT JOIN event_subscription ON name = subscription"
        " WHERE name IS NULL OR e.seq IS NULL OR e.key <> d.key OR d.seq > cursor"));
    check.report_rows(session().query(
        "SELECT subscription || ' retries event ' || seq || ' at no time' FROM event_delivery"
        " WHERE state = 'retrying' AND next_attempt_at IS NULL"));
    check_edits(check);
  });
}

void LogIntegrity::check_edits(IntegrityCheck& check) {
  const EventLog log(catalog_);
  auto rows = session().query(
      "SELECT subscription, seq, payload FROM event_delivery WHERE payload IS NOT NULL");
  while (rows.next()) {
    const EventPtr logged = log.find(session(), Seq{rows.get<std::int64_t>(1)});
    if (!logged) continue;  // reported above
    const EventPtr edited = log.with_payload(*logged, rows.get<std::string>(2));
    if (!edited->is<ForbiddenEdit>()) continue;
    check.report(rows.get<std::string>(0) + " would try event " +
                 std::to_string(rows.get<std::int64_t>(1)) + " as an operator has edited it, but " +
                 edited->unreadable_because());
  }
}

void LogIntegrity::check_order() {
  report_.run("events: parked keys", [this](IntegrityCheck& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_delivery WHERE state = 'parked'"),
                    "parked rows");
    check.report_rows(session().query(
        "SELECT subscription || ' has parked event ' || seq || ' behind nothing'"
        " FROM event_delivery AS d WHERE state = 'parked' AND NOT EXISTS (SELECT 1 FROM"
        " event_delivery AS a WHERE a.subscription = d.subscription AND a.key = d.key"
        " AND a.seq < d.seq)"));
    auto rows = session().query(
        "SELECT subscription, ' has event ' || seq || ' ' || state || ' before an earlier one of '"
        " || key FROM event_delivery AS d WHERE state <> 'parked' AND EXISTS (SELECT 1 FROM"
        " event_delivery AS a WHERE a.subscription = d.subscription AND a.key = d.key"
        " AND a.seq < d.seq)");
    while (rows.next()) {
      const auto subscription = rows.get<std::string>(0);
      if (!orderless_.contains(subscription)) check.report(subscription + rows.get<std::string>(1));
    }
  });
}

void LogIntegrity::check_attempts() {
  report_.run("events: attempts", [this](IntegrityCheck& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_attempt"), "attempts");
    check.report_rows(session().query(
        "SELECT subscription || ' counts ' || attempts || ' failed attempts for event ' || seq"
        " || ', but the last one is not kept' FROM event_delivery AS d"
        " WHERE attempts < 0 OR (attempts > 0 AND NOT EXISTS (SELECT 1 FROM event_attempt AS a"
        " WHERE a.subscription = d.subscription AND a.seq = d.seq AND a.attempt = d.attempts))"));
    check.report_rows(session().query(
        "SELECT subscription || ' has event ' || seq || ' dead, and no error says why'"
        " FROM event_delivery WHERE state = 'dead' AND error IS NULL"));
  });
}

void LogIntegrity::read_log() {
  IntegrityCheck& payloads = report_.add("events: payloads");
  const EventLog log(catalog_);
  EventList events;
  std::int64_t count = 0;
  const auto finish_key = [&] {
    if (!events.empty()) show({events.front()->meta().key, events});
    events.clear();
  };
  const bool all_read = storage::IntegrityReport::guard(payloads, [&] {
    log.each_by_key(session(), scope_.keys, [&](const EventPtr& event) {
      ++count;
      if (!events.empty() && events.front()->meta().key != event->meta().key) finish_key();
      if (!event->unreadable_because().empty()) {
        payloads.report("event " + std::to_string(event->meta().seq.value()) + ": " +
                        event->unreadable_because());
      }
      events.push_back(event);
    });
    finish_key();
  });
  payloads.looked_at(count, "payloads");
  for (const LogReader& reader : readers_) {
    if (!all_read) {
      reader.check->skip("the log cannot be read to its end");
    } else if (reader.end) {
      storage::IntegrityReport::guard(*reader.check, reader.end);
    }
  }
}

void LogIntegrity::show(const KeyHistory& history) {
  const bool all_published_here = std::ranges::all_of(
      history.events, [](const EventPtr& event) { return event->meta().audience.empty(); });
  std::erase_if(readers_, [&](const LogReader& reader) {
    if (all_published_here || reader.modules.empty())
      return !storage::IntegrityReport::guard(*reader.check, [&] { reader.see(history); });
    const EventList events = of_modules(history, reader.modules);
    return !events.empty() && !storage::IntegrityReport::guard(*reader.check, [&] {
      reader.see({history.key, events});
    });
  });
}

EventList LogIntegrity::of_modules(const KeyHistory& history,
                                   const std::vector<std::string>& modules) {
  EventList events;
  std::ranges::copy_if(history.events, std::back_inserter(events), [&](const EventPtr& event) {
    const std::string& audience = event->meta().audience;
    return audience.empty() || std::ranges::find(modules, audience) != modules.end();
  });
  return events;
}

}  // namespace orderflow::events
