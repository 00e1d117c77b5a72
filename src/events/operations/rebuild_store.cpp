#include "events/operations/rebuild_store.hpp"

namespace orderflow::events {

void insert_rebuild(storage::Session session, const RebuildRecord& rebuild) {
  session.execute(
      "INSERT INTO event_rebuild(subscription, generation, started_at, upto)"
      " VALUES(?1, ?2, ?3, ?4)",
      rebuild.subscription, rebuild.generation, rebuild.started_at, rebuild.upto.value());
}

std::vector<RebuildRecord> unfinished_rebuilds(storage::Session session) {
  std::vector<RebuildRecord> found;
  auto rows = session.query("SELECT subscription, generation, started_at, upto FROM event_rebuild");
  while (rows.next()) {
    found.push_back({rows.get<std::string>(0), rows.get<std::int64_t>(1),
                     rows.get<core::Timestamp>(2), Seq{rows.get<std::int64_t>(3)}});
  }
  return found;
}

void replace_rebuild(storage::Session session, const StaleRecord& stale) {
  session.execute("DELETE FROM event_rebuild WHERE subscription = ?1", stale.subscription);
  session.execute("INSERT INTO event_stale_generation(subscription, generation) VALUES(?1, ?2)",
                  stale.subscription, stale.generation);
}

void give_up_rebuild(storage::Session session, std::string_view subscription) {
  session.execute(
      "INSERT INTO event_stale_generation(subscription, generation)"
      " SELECT subscription, generation FROM event_rebuild WHERE subscription = ?1"
      " ON CONFLICT DO NOTHING",
      subscription);
  session.execute("DELETE FROM event_rebuild WHERE subscription = ?1", subscription);
}

std::vector<StaleRecord> stale_generations(storage::Session session) {
  std::vector<StaleRecord> found;
  auto rows = session.query("SELECT subscription, generation FROM event_stale_generation");
  while (rows.next())
    found.push_back({rows.get<std::string>(0), rows.get<std::int64_t>(1)});
  return found;
}

void remove_stale(storage::Session session, const StaleRecord& stale) {
  session.execute("DELETE FROM event_stale_generation WHERE subscription = ?1 AND generation = ?2",
                  stale.subscription, stale.generation);
}

}  // namespace orderflow::events
