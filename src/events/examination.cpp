#include "events/examination.hpp"

#include "events/edit.hpp"
#include "events/unhosted_cursors.hpp"
#include "storage/ownership.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::events {
namespace {

using storage::Check;

template <class... Args>
std::int64_t number(storage::Session session, std::string_view sql, const Args&... args) {
  storage::Rows rows = session.query(sql, args...);
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

/// Whether what is told of a deed tells of a payload: of an edit.
bool has_payload(std::string_view detail) {
  const auto document = nlohmann::json::parse(detail, nullptr, false);
  const auto payload = document.find("payload");
  return payload != document.end() && !payload->is_null();
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
  // A log that does not begin at 1 has lost its begin, whatever else is said of it.
  const std::int64_t first = number(session, "SELECT coalesce(min(seq), 1) FROM event_log");
  const std::int64_t told = connection.has_table("event_retention")
                                ? number(session, "SELECT removed_to FROM event_retention")
                                : 0;
  return Seq{std::max(told, first - 1)};
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
    held_[rows.get<std::string>(0)].insert(rows.get<std::int64_t>(1));
  if (connection.has_table("event_rebuild")) {
    auto rebuilds = session.query("SELECT subscription FROM event_rebuild");
    while (rebuilds.next())
      rebuilding_.insert(rebuilds.get<std::string>(0));
  }
  if (!connection.has_table("event_audit")) return;
  auto deeds = session.query(
      "SELECT subscription, seq, action, detail FROM event_audit WHERE seq IS NOT NULL");
  while (deeds.next()) {
    if (deeds.get<std::string_view>(2) == "discard" || has_payload(deeds.get<std::string_view>(3)))
      by_hand_[deeds.get<std::string>(0)].insert(deeds.get<std::int64_t>(1));
  }
}

bool Progress::done(std::string_view subscription, Seq seq) const {
  const auto cursor = cursors_.find(subscription);
  if (cursor == cursors_.end() || seq > cursor->second) return false;
  return !has(held_, subscription, seq);
}

bool Progress::by_hand(std::string_view subscription, Seq seq) const {
  return has(by_hand_, subscription, seq);
}

bool Progress::has(const Places& places, std::string_view subscription, Seq seq) {
  const auto found = places.find(subscription);
  return found != places.end() && found->second.contains(seq.value());
}

Examination::Examination(storage::Connection& connection, const Catalog& catalog, std::string node,
                         storage::Checkup& checkup, Scope scope)
    : connection_(connection),
      catalog_(catalog),
      node_(std::move(node)),
      checkup_(checkup),
      scope_(std::move(scope)),
      progress_(connection) {}

IdRange Examination::ids() const {
  core::Uuid last;
  last.bytes.fill(0xff);
  return {.after = core::Uuid::parse(scope_.keys.after).value_or(core::Uuid{}),
          .upto = core::Uuid::parse(scope_.keys.upto).value_or(last)};
}

void Examination::run_whole(std::string name, const std::function<void(Check&)>& body) {
  if (scope_.is_whole) {
    checkup_.run(std::move(name), body);
  } else {
    checkup_.add(std::move(name))
        .skip(
            "a node works on the database, and this would take one long snapshot of it: stop the "
            "node,"
            " or say --whole");
  }
}

storage::Session Examination::session() const {
  return connection_.session(event_owner);
}

void Examination::run() {
  check_places();
  check_causes();
  if (scope_.has_progress) {
    check_subscriptions();
    tell_unhosted();
    check_deliveries();
    check_order();
    check_attempts();
  }
  read_log();
}

void Examination::check_places() {
  run_whole("events: log", [this](Check& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_log"), "events");
    check.find_rows(session().query(
        "SELECT 'the place before event ' || seq || ' is empty' FROM event_log AS later"
        " WHERE seq > ?1 + 1 AND NOT EXISTS"
        " (SELECT 1 FROM event_log WHERE seq = later.seq - 1)",
        progress_.removed_to().value()));
    check.find_rows(session().query(
        "SELECT 'the id of event ' || max(seq) || ' is not its alone' FROM event_log"
        " GROUP BY id, audience HAVING count(*) > 1"));
  });
}

void Examination::check_causes() {
  run_whole("events: causes", [this](Check& check) {
    check.looked_at(
        number(session(), "SELECT count(*) FROM event_log WHERE causation_id IS NOT NULL"),
        "events with a cause");
    // What another node said has its cause there. The causes of the first events that are left may
    // have been removed.
    check.find_rows(session().query(
        "SELECT 'event ' || said.seq || ' (' || said.kind || ') was caused by '"
        " || CASE WHEN cause.seq IS NULL THEN 'an event that is not there'"
        "         WHEN cause.seq >= said.seq THEN 'event ' || cause.seq || ', which is not before "
        "it'"
        "         ELSE 'event ' || cause.seq || ', which has another correlation id' END"
        " FROM event_log AS said LEFT JOIN event_log AS cause ON cause.id = said.causation_id"
        " AND (cause.audience = ''"
        "      OR substr(said.origin, length(said.origin) - length(cause.audience))"
        "         = '/' || cause.audience)"
        " WHERE said.causation_id IS NOT NULL AND said.audience = ''"
        " AND ((cause.seq IS NULL AND ?1 = 0) OR cause.seq >= said.seq"
        "      OR cause.correlation_id <> said.correlation_id)",
        progress_.removed_to().value()));
  });
}

void Examination::check_subscriptions() {
  checkup_.run("events: subscriptions", [this](Check& check) {
    check.looked_at(static_cast<std::int64_t>(progress_.cursors().size()), "subscriptions");
    check.find_rows(session().query(
        "SELECT name || ' has its cursor at ' || cursor || ', but the log ends at ' || ?1"
        " FROM event_subscription WHERE (cursor > ?1 AND cursor > ?2) OR cursor < 0",
        progress_.newest().value(), progress_.removed_to().value()));
    check.find_rows(session().query(
        "SELECT name || ' tells of ' || running || ' running, ' || retrying || ' retrying, '"
        " || parked || ' parked and ' || dead || ' dead, but the rows are '"
        " || r || ', ' || t || ', ' || p || ' and ' || d FROM event_subscription AS s JOIN"
        " (SELECT own.name AS owner, count(*) FILTER (WHERE state = 'running') AS r,"
        "  count(*) FILTER (WHERE state = 'retrying') AS t,"
        "  count(*) FILTER (WHERE state = 'parked') AS p,"
        "  count(*) FILTER (WHERE state = 'dead') AS d"
        "  FROM event_subscription AS own LEFT JOIN event_delivery ON subscription = own.name"
        "  GROUP BY own.name) AS counted ON owner = s.name"
        " WHERE (running, retrying, parked, dead) <> (r, t, p, d)"));
  });
}

void Examination::tell_unhosted() {
  checkup_.run("events: cursors not hosted", [this](Check& check) {
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

void Examination::check_deliveries() {
  checkup_.run("events: deliveries", [this](Check& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_delivery"), "rows");
    check.find_rows(session().query(
        "SELECT subscription || ' has a row for event ' || d.seq || CASE"
        " WHEN name IS NULL THEN ', but there is no such subscription'"
        " WHEN e.seq IS NULL THEN ', which is not in the log'"
        " WHEN e.key <> d.key THEN ' under the key of another'"
        " ELSE ', which is beyond its cursor ' || cursor END"
        " FROM event_delivery AS d LEFT JOIN event_log AS e ON e.seq = d.seq"
        " LEFT JOIN event_subscription ON name = subscription"
        " WHERE name IS NULL OR e.seq IS NULL OR e.key <> d.key OR d.seq > cursor"));
    check.find_rows(session().query(
        "SELECT subscription || ' retries event ' || seq || ' at no time' FROM event_delivery"
        " WHERE state = 'retrying' AND next_attempt_at IS NULL"));
    check_edits(check);
  });
}

void Examination::check_edits(Check& check) {
  const EventLog log(catalog_);
  auto rows = session().query(
      "SELECT subscription, seq, payload FROM event_delivery WHERE payload IS NOT NULL");
  while (rows.next()) {
    const EventPtr logged = log.find(session(), Seq{rows.get<std::int64_t>(1)});
    if (!logged) continue;  // told above
    const EventPtr edited = log.with_payload(*logged, rows.get<std::string>(2));
    if (!edited->is<ForbiddenEdit>()) continue;
    check.find(rows.get<std::string>(0) + " would try event " +
               std::to_string(rows.get<std::int64_t>(1)) + " as an operator has edited it, but " +
               edited->unreadable_because());
  }
}

void Examination::check_order() {
  checkup_.run("events: parked keys", [this](Check& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_delivery WHERE state = 'parked'"),
                    "parked rows");
    check.find_rows(session().query(
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
      if (!orderless_.contains(subscription)) check.find(subscription + rows.get<std::string>(1));
    }
  });
}

void Examination::check_attempts() {
  checkup_.run("events: attempts", [this](Check& check) {
    check.looked_at(number(session(), "SELECT count(*) FROM event_attempt"), "attempts");
    check.find_rows(session().query(
        "SELECT subscription || ' counts ' || attempts || ' failed attempts for event ' || seq"
        " || ', but the last one is not kept' FROM event_delivery AS d"
        " WHERE attempts < 0 OR (attempts > 0 AND NOT EXISTS (SELECT 1 FROM event_attempt AS a"
        " WHERE a.subscription = d.subscription AND a.seq = d.seq AND a.attempt = d.attempts))"));
    check.find_rows(session().query(
        "SELECT subscription || ' has event ' || seq || ' dead, and no error says why'"
        " FROM event_delivery WHERE state = 'dead' AND error IS NULL"));
  });
}

void Examination::read_log() {
  Check& payloads = checkup_.add("events: payloads");
  const EventLog log(catalog_);
  EventList events;
  std::int64_t count = 0;
  const auto finish_story = [&] {
    if (!events.empty()) show({events.front()->meta().key, events});
    events.clear();
  };
  const bool all_read = storage::Checkup::guard(payloads, [&] {
    log.each_by_key(session(), scope_.keys, [&](const EventPtr& event) {
      ++count;
      if (!events.empty() && events.front()->meta().key != event->meta().key) finish_story();
      if (!event->unreadable_because().empty()) {
        payloads.find("event " + std::to_string(event->meta().seq.value()) + ": " +
                      event->unreadable_because());
      }
      events.push_back(event);
    });
    finish_story();
  });
  payloads.looked_at(count, "payloads");
  for (const Reader& reader : readers_) {
    if (!all_read) {
      reader.check->skip("the log cannot be read to its end");
    } else if (reader.end) {
      storage::Checkup::guard(*reader.check, reader.end);
    }
  }
}

void Examination::show(const Story& story) {
  const bool all_said_here = std::ranges::all_of(
      story.events, [](const EventPtr& event) { return event->meta().audience.empty(); });
  std::erase_if(readers_, [&](const Reader& reader) {
    if (all_said_here || reader.module.empty())
      return !storage::Checkup::guard(*reader.check, [&] { reader.see(story); });
    const EventList events = of_module(story, reader.module);
    return !events.empty() && !storage::Checkup::guard(*reader.check, [&] {
      reader.see({story.key, events});
    });
  });
}

EventList Examination::of_module(const Story& story, const std::string& module) {
  EventList events;
  std::ranges::copy_if(story.events, std::back_inserter(events), [&](const EventPtr& event) {
    const std::string& audience = event->meta().audience;
    return audience.empty() || audience == module;
  });
  return events;
}

}  // namespace orderflow::events
