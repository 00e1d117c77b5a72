#include "probe.hpp"

#include "events/operations/audit_store.hpp"

#include <doctest/doctest.h>

namespace orderflow::events {
namespace {

void keep_entries(test::ModuleHarness& harness, const std::string& action, std::int64_t count) {
  harness.write(event_owner, [&](Turn& turn) {
    for (std::int64_t i = 0; i < count; ++i) {
      AuditEntry entry;
      entry.at = turn.now();
      entry.actor = {"somebody", "c-1"};
      entry.action = action;
      keep_audit(turn.db(), entry);
    }
  });
}

std::int64_t kept(test::ModuleHarness& harness, const std::string& condition) {
  return std::stoll(
      harness.rows("event", "SELECT count(*) FROM event_audit WHERE " + condition).at(0));
}

TEST_CASE("refusals do not fill the audit, and displace nothing that was done") {
  Probe probe([](host::Host&) {});
  keep_entries(probe.harness, "pause", 100);
  keep_entries(probe.harness, std::string(audit_refused), 3 * audit_refusals_max);
  CHECK(kept(probe.harness, "action = 'pause'") == 100);
  const std::int64_t refused = kept(probe.harness, "action = 'refused'");
  CHECK(refused >= audit_refusals_max);
  CHECK(refused < audit_refusals_max + 64);
}

TEST_CASE("the audit keeps the newest of what was done") {
  Probe probe([](host::Host&) {});
  keep_entries(probe.harness, "pause", 2'048);
  keep_entries(probe.harness, "resume", audit_deeds_max);
  CHECK(kept(probe.harness, "action = 'resume'") == audit_deeds_max);
  CHECK(kept(probe.harness, "action = 'pause'") < 1'024);
}

}  // namespace
}  // namespace orderflow::events
