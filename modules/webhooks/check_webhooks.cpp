#include "check_webhooks.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "public_kinds.hpp"
#include "subscription.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {
namespace {

constexpr std::int64_t missed_named_max = 5;

void count(host::ModuleIntegrity& integrity, storage::IntegrityCheck& check, std::string_view sql,
           std::string_view what) {
  auto rows = integrity.tables().query(sql);
  rows.next();
  check.looked_at(rows.get<std::int64_t>(0), what);
}

void check_rows(host::ModuleIntegrity& integrity) {
  integrity.run_whole("rows", [&](storage::IntegrityCheck& check) {
    count(integrity, check, "SELECT count(*) FROM webhooks_delivery", "deliveries");
    check.report_rows(integrity.tables().query(
        "SELECT 'delivery ' || seq || ' to ', endpoint_id, ' has no endpoint'"
        " FROM webhooks_delivery WHERE endpoint_id NOT IN"
        " (SELECT id FROM webhooks_endpoint)"));
    check.report_rows(integrity.tables().query(
        "SELECT 'message ' || m.seq || ' is of no delivery that is not made'"
        " FROM webhooks_message m WHERE NOT EXISTS (SELECT 1 FROM webhooks_delivery d"
        " INDEXED BY webhooks_delivery_undelivered"
        " WHERE d.seq = m.seq AND d.state <> 'delivered')"));
    check.report_rows(integrity.tables().query(
        "SELECT 'delivery ' || seq || ' to ', endpoint_id, ' is ' || state ||"
        " ' and has no message' FROM webhooks_delivery WHERE state <> 'delivered'"
        " AND seq NOT IN (SELECT seq FROM webhooks_message)"));
    check.report_rows(integrity.tables().query(
        "SELECT 'delivery ' || seq || ' to ', endpoint_id, ' counts ' || attempts ||"
        " ' attempts and has others' FROM webhooks_delivery d WHERE attempts <>"
        " (SELECT count(*) FROM webhooks_attempt a"
        " WHERE a.endpoint_id = d.endpoint_id AND a.seq = d.seq)"));
  });
}

void check_order(host::ModuleIntegrity& integrity) {
  integrity.run_whole("order", [&](storage::IntegrityCheck& check) {
    count(integrity, check,
          "SELECT count(*) FROM webhooks_delivery WHERE state IN ('due', 'parked')",
          "deliveries that wait");
    check.report_rows(integrity.tables().query(
        "SELECT 'deliveries to ', d.endpoint_id, ' of key ' || d.key ||"
        " ' wait for none that is due' FROM webhooks_delivery d"
        " JOIN webhooks_endpoint e ON e.id = d.endpoint_id"
        " WHERE d.state IN ('due', 'parked') AND d.seq > e.canceled_to"
        " GROUP BY d.endpoint_id, d.key HAVING count(*) FILTER (WHERE d.state = 'due') <> 1"));
  });
}

/// An endpoint, and the part of the log of which it must have a row for each event that it wants.
struct Expectation {
  EndpointId id;
  Kinds kinds;
  events::Seq after;
  events::Seq upto;
};

std::vector<Expectation> expectations(host::ModuleIntegrity& integrity) {
  const auto& cursors = integrity.progress().cursors();
  const auto all = cursors.find(subscription_name);
  const events::Seq all_settled = all == cursors.end() ? events::Seq{0} : all->second;
  std::vector<Expectation> expected;
  EndpointStore endpoints(integrity.tables());
  for (Endpoint& endpoint : endpoints.enabled()) {
    const auto after = std::max(endpoint.known_after, endpoints.removed_to(endpoint.id));
    const auto upto = endpoint.position(all_settled);
    expected.push_back({.id = endpoint.id,
                        .kinds = std::move(endpoint.wanted.kinds),
                        .after = after,
                        .upto = upto});
  }
  return expected;
}

/// Of the copies of an event that came for one module and another, the first counts.
bool is_copy(const events::KeyHistory& history, const events::Event& event) {
  return std::ranges::any_of(history.events, [&](const events::EventPtr& other) {
    return other->meta().id == event.meta().id && other->meta().seq < event.meta().seq;
  });
}

void check_completeness(host::ModuleIntegrity& integrity, const events::Catalog& catalog) {
  auto& check = integrity.check("events told");
  const auto expected = std::make_shared<const std::vector<Expectation>>(expectations(integrity));
  const auto looked_at = std::make_shared<std::int64_t>(0);
  const auto kinds =
      std::make_shared<const std::set<std::string, std::less<>>>(public_kinds(catalog));
  auto see = [&integrity, &check, expected, looked_at, kinds](const events::KeyHistory& history) {
    if (expected->empty()) return;
    DeliveryStore deliveries(integrity.tables());
    for (const auto& event : history.events) {
      if (!kinds->contains(event->kind()) || is_copy(history, *event)) continue;
      const events::Seq seq = event->meta().seq;
      for (const Expectation& endpoint : *expected) {
        if (seq <= endpoint.after || seq > endpoint.upto) continue;
        if (!contains(endpoint.kinds, event->kind())) continue;
        ++*looked_at;
        if (deliveries.has(endpoint.id, seq)) continue;
        check.report("event " + std::to_string(seq.value()) + " (" + event->meta().kind +
                     ") has no delivery to " + endpoint.id.value().to_string());
      }
    }
  };
  auto end = [&check, looked_at] { check.looked_at(*looked_at, "events for endpoints"); };
  integrity.read_log(check, see, end, {"webhooks", "notifications"});
}

/// Told, and no finding: what endpoints have missed is for their owners to ask for.
void tell_missed(host::ModuleIntegrity& integrity) {
  integrity.run_whole("missed", [&](storage::IntegrityCheck& check) {
    std::int64_t count = 0;
    std::string named;
    auto rows = integrity.tables().query(
        "SELECT id, missed_after FROM webhooks_endpoint"
        " WHERE missed_after IS NOT NULL AND state = 'disabled' ORDER BY id");
    for (; rows.next(); ++count) {
      if (count >= missed_named_max) continue;
      named += (count == 0 ? ": " : ", ") + rows.to_text(0) + " what came after " +
               rows.get<std::string>(1);
    }
    check.looked_at(count, "disabled endpoints that miss events" + named);
  });
}

}  // namespace

void check_webhooks(host::ModuleIntegrity& integrity, const events::Catalog& catalog) {
  check_rows(integrity);
  check_order(integrity);
  check_completeness(integrity, catalog);
  tell_missed(integrity);
}

}  // namespace orderflow::webhooks
