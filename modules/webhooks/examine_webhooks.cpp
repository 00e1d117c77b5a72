#include "examine_webhooks.hpp"

#include "announce.hpp"
#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "public_kinds.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {
namespace {

void count(host::Examination& examination, storage::Check& check, std::string_view sql,
           std::string_view what) {
  auto rows = examination.tables().query(sql);
  rows.next();
  check.looked_at(rows.get<std::int64_t>(0), what);
}

void examine_rows(host::Examination& examination) {
  examination.run_whole("rows", [&](storage::Check& check) {
    count(examination, check, "SELECT count(*) FROM webhooks_delivery", "deliveries");
    check.find_rows(examination.tables().query(
        "SELECT 'delivery ' || seq || ' to ' || lower(hex(endpoint_id)) || ' has no endpoint'"
        " FROM webhooks_delivery WHERE endpoint_id NOT IN"
        " (SELECT id FROM webhooks_endpoint)"));
    check.find_rows(examination.tables().query(
        "SELECT 'message ' || m.seq || ' counts ' || m.deliveries || ' deliveries and has ' || "
        "d.count"
        " FROM webhooks_message m JOIN (SELECT seq, count(*) AS count"
        " FROM webhooks_delivery GROUP BY seq) d ON d.seq = m.seq"
        " WHERE d.count <> m.deliveries"));
    check.find_rows(examination.tables().query(
        "SELECT 'delivery ' || seq || ' to ' || lower(hex(endpoint_id)) || ' has no message'"
        " FROM webhooks_delivery WHERE seq NOT IN"
        " (SELECT seq FROM webhooks_message)"));
    check.find_rows(examination.tables().query(
        "SELECT 'delivery ' || seq || ' to ' || lower(hex(endpoint_id)) || ' counts ' || attempts "
        "||"
        " ' attempts and has others' FROM webhooks_delivery d WHERE attempts <>"
        " (SELECT count(*) FROM webhooks_attempt a"
        " WHERE a.endpoint_id = d.endpoint_id AND a.seq = d.seq)"));
  });
}

void examine_order(host::Examination& examination) {
  examination.run_whole("order", [&](storage::Check& check) {
    count(examination, check,
          "SELECT count(*) FROM webhooks_delivery WHERE state IN ('due', 'parked')",
          "deliveries that wait");
    check.find_rows(examination.tables().query(
        "SELECT 'deliveries to ' || lower(hex(d.endpoint_id)) || ' of key ' || d.key ||"
        " ' wait for none that is due' FROM webhooks_delivery d"
        " JOIN webhooks_endpoint e ON e.id = d.endpoint_id"
        " WHERE d.state IN ('due', 'parked') AND d.seq > e.canceled_to"
        " GROUP BY d.endpoint_id, d.key HAVING sum(d.state = 'due') <> 1"));
  });
}

/// An endpoint, and what of the log it must have rows of.
struct Expectation {
  EndpointId id;
  std::set<std::string, std::less<>> kinds;
  events::Seq after;
};

std::vector<Expectation> expectations(host::Examination& examination,
                                      const events::Catalog& catalog) {
  const auto all_kinds = public_kinds(catalog);
  std::vector<Expectation> expected;
  EndpointStore endpoints(examination.tables());
  for (const Endpoint& endpoint : endpoints.enabled()) {
    Expectation one{.id = endpoint.id, .kinds = all_kinds, .after = endpoint.known_after};
    if (!endpoint.kinds.empty()) one.kinds = {endpoint.kinds.begin(), endpoint.kinds.end()};
    one.after = std::max(one.after, endpoints.removed_to(endpoint.id));
    expected.push_back(std::move(one));
  }
  return expected;
}

void examine_completeness(host::Examination& examination, const events::Catalog& catalog) {
  auto& check = examination.check("events told");
  const auto expected =
      std::make_shared<const std::vector<Expectation>>(expectations(examination, catalog));
  const auto looked_at = std::make_shared<std::int64_t>(0);
  auto see = [&examination, &check, expected, looked_at](const events::Story& story) {
    if (expected->empty()) return;
    DeliveryStore deliveries(examination.tables());
    for (const auto& event : story.events) {
      const events::Seq seq = event->meta().seq;
      const auto& progress = examination.progress();
      if (!progress.done(webhooks_subscription, seq) ||
          progress.by_hand(webhooks_subscription, seq)) {
        continue;
      }
      for (const Expectation& endpoint : *expected) {
        if (seq <= endpoint.after || !endpoint.kinds.contains(event->kind())) continue;
        ++*looked_at;
        if (deliveries.find(endpoint.id, seq)) continue;
        check.find("event " + std::to_string(seq.value()) + " (" + event->meta().kind +
                   ") has no delivery to " + endpoint.id.value().to_string());
      }
    }
  };
  auto end = [&check, looked_at] { check.looked_at(*looked_at, "events for endpoints"); };
  examination.read_log(check, see, end);
}

}  // namespace

void examine_webhooks(host::Examination& examination, const events::Catalog& catalog) {
  examine_rows(examination);
  examine_order(examination);
  examine_completeness(examination, catalog);
}

}  // namespace orderflow::webhooks
