#include "events/operations/audit_store.hpp"

#include "core/secret_text.hpp"

#include <limits>

namespace orderflow::events {
namespace {

constexpr std::int64_t refusals_a_look = 64;
constexpr std::int64_t deeds_a_look = 1'024;

// Twice as many go at a look as can have come since the last one.
void forget_old_refusals(storage::Session session) {
  session.execute(
      "DELETE FROM event_audit WHERE place IN (SELECT place FROM event_audit"
      " WHERE action = 'refused' AND place <= (SELECT place FROM event_audit"
      " WHERE action = 'refused' ORDER BY place DESC LIMIT 1 OFFSET ?1) ORDER BY place LIMIT ?2)",
      audit_refusals_max, 2 * refusals_a_look);
}

void forget_old_deeds(storage::Session session) {
  session.execute(
      "DELETE FROM event_audit WHERE place IN (SELECT place FROM event_audit"
      " WHERE action <> 'refused' AND place <= (SELECT place FROM event_audit"
      " WHERE action <> 'refused' ORDER BY place DESC LIMIT 1 OFFSET ?1) ORDER BY place LIMIT ?2)",
      audit_deeds_max, 2 * deeds_a_look);
}

}  // namespace

void keep_audit(storage::Session session, const AuditEntry& entry) {
  std::optional<std::int64_t> seq;
  if (entry.seq) seq = entry.seq->value();
  const std::int64_t number = session.insert(
      "INSERT INTO event_audit(at, actor, action, subscription, seq, key, reason, detail,"
      " correlation_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING place",
      entry.at, entry.actor.name, entry.action, entry.subscription, seq, entry.key,
      core::with_keys_masked(entry.reason), core::with_keys_masked(entry.detail.dump()),
      core::with_keys_masked(entry.actor.correlation_id));
  if (number % refusals_a_look == 0) forget_old_refusals(session);
  if (number % deeds_a_look == 0) forget_old_deeds(session);
}

std::vector<AuditEntry> audit_page(storage::Session session, std::optional<std::int64_t> before,
                                   std::size_t limit) {
  std::vector<AuditEntry> found;
  auto rows = session.query(
      "SELECT place, at, actor, action, subscription, seq, key, reason, detail, correlation_id"
      " FROM event_audit WHERE place < ?1 ORDER BY place DESC LIMIT ?2",
      before.value_or(std::numeric_limits<std::int64_t>::max()), limit);
  while (rows.next()) {
    AuditEntry entry;
    entry.number = rows.get<std::int64_t>(0);
    entry.at = rows.get<core::Timestamp>(1);
    entry.actor = {rows.get<std::string>(2), rows.get<std::string>(9)};
    entry.action = rows.get<std::string>(3);
    entry.subscription = rows.get<std::string>(4);
    if (const auto seq = rows.get<std::optional<std::int64_t>>(5)) entry.seq = Seq{*seq};
    entry.key = rows.get<std::optional<std::string>>(6);
    entry.reason = rows.get<std::string>(7);
    entry.detail = nlohmann::json::parse(rows.get<std::string_view>(8));
    found.push_back(std::move(entry));
  }
  return found;
}

}  // namespace orderflow::events
