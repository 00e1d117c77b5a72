#include "events/integrity/log_integrity.hpp"

#include "events/delivery/edit.hpp"
#include "events/integrity/integrity_store.hpp"
#include "events/operations/unhosted_cursors.hpp"
#include "events/records/delivery_store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::events {
namespace {

using storage::IntegrityCheck;

constexpr std::size_t unhosted_named_max = 5;

}  // namespace

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
    report_.add(std::move(name)).skip(storage::needs_one_snapshot);
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
    check.looked_at(integrity_store::count_events(session()), "events");
    check.report_rows(integrity_store::gaps_in_log(session(), progress_.removed_to()));
    check.report_rows(integrity_store::ids_not_unique(session()));
  });
}

void LogIntegrity::check_causes() {
  run_whole("events: causes", [this](IntegrityCheck& check) {
    check.looked_at(integrity_store::count_caused(session()), "events with a cause");
    // What another node published has its cause there. The causes of the first events that are left
    // may have been removed.
    check.report_rows(integrity_store::wrong_causes(session(), progress_.removed_to()));
  });
}

void LogIntegrity::check_subscriptions() {
  report_.run("events: subscriptions", [this](IntegrityCheck& check) {
    check.looked_at(static_cast<std::int64_t>(progress_.cursors().size()), "subscriptions");
    check.report_rows(integrity_store::cursors_beyond_the_log(session(), progress_.newest(),
                                                              progress_.removed_to()));
    check.report_rows(integrity_store::wrong_counts(session()));
  });
}

void LogIntegrity::report_unhosted() {
  report_.run("events: cursors not hosted", [this](IntegrityCheck& check) {
    if (!integrity_store::has_unhosted(connection_)) {
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
    check.looked_at(count_deliveries(session()), "rows");
    check.report_rows(integrity_store::deliveries_without_event(session()));
    check.report_rows(integrity_store::retries_without_time(session()));
    check_edits(check);
  });
}

void LogIntegrity::check_edits(IntegrityCheck& check) {
  const EventLog log(catalog_);
  auto rows = integrity_store::edited_payloads(session());
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
    check.looked_at(integrity_store::count_parked(session()), "parked rows");
    check.report_rows(integrity_store::parked_behind_nothing(session()));
    auto rows = integrity_store::before_earlier_of_key(session());
    while (rows.next()) {
      const auto subscription = rows.get<std::string>(0);
      if (!orderless_.contains(subscription)) check.report(subscription + rows.get<std::string>(1));
    }
  });
}

void LogIntegrity::check_attempts() {
  report_.run("events: attempts", [this](IntegrityCheck& check) {
    check.looked_at(integrity_store::count_attempts(session()), "attempts");
    check.report_rows(integrity_store::last_attempt_not_kept(session()));
    check.report_rows(integrity_store::dead_without_error(session()));
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
