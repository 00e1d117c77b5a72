#include "webhooks/examine_webhooks.hpp"

#include "webhooks/announce.hpp"
#include "webhooks/delivery_store.hpp"
#include "webhooks/endpoint_store.hpp"
#include "webhooks/webhooks.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::notifications::webhooks {
namespace {

void count(host::Examination& examination, storage::Check& check, std::string_view sql,
           std::string_view what) {
  auto rows = examination.tables().query(sql);
  rows.next();
  check.looked_at(rows.get<std::int64_t>(0), what);
}

void examine_rows(host::Examination& examination) {
  examination.run_whole("webhook rows", [&](storage::Check& check) {
    count(examination, check, "SELECT count(*) FROM notifications_webhook_delivery", "deliveries");
    check.find_rows(examination.tables().query(
        "SELECT 'delivery ' || seq || ' to ', endpoint_id, ' has no endpoint'"
        " FROM notifications_webhook_delivery WHERE endpoint_id NOT IN"
        " (SELECT id FROM notifications_webhook_endpoint)"));
    check.find_rows(examination.tables().query(
        "SELECT 'message ' || m.seq || ' counts ' || m.deliveries || ' deliveries and has ' || "
        "d.count"
        " FROM notifications_webhook_message m JOIN (SELECT seq, count(*) AS count"
        " FROM notifications_webhook_delivery GROUP BY seq) d ON d.seq = m.seq"
        " WHERE d.count <> m.deliveries"));
    check.find_rows(examination.tables().query(
        "SELECT 'delivery ' || seq || ' to ', endpoint_id, ' has no message'"
        " FROM notifications_webhook_delivery WHERE seq NOT IN"
        " (SELECT seq FROM notifications_webhook_message)"));
    check.find_rows(examination.tables().query(
        "SELECT 'delivery ' || seq || ' to ', endpoint_id, ' counts ' || attempts ||"
        " ' attempts and has others' FROM notifications_webhook_delivery d WHERE attempts <>"
        " (SELECT count(*) FROM notifications_webhook_attempt a"
        " WHERE a.endpoint_id = d.endpoint_id AND a.seq = d.seq)"));
  });
}

void examine_order(host::Examination& examination) {
  examination.run_whole("webhook order", [&](storage::Check& check) {
    count(examination, check,
          "SELECT count(*) FROM notifications_webhook_delivery WHERE state IN ('due', 'parked')",
          "deliveries that wait");
    check.find_rows(examination.tables().query(
        "SELECT 'deliveries to ', d.endpoint_id, ' of key ' || d.key ||"
        " ' wait for none that is due' FROM notifications_webhook_delivery d"
        " JOIN notifications_webhook_endpoint e ON e.id = d.endpoint_id"
        " WHERE d.state IN ('due', 'parked') AND d.seq > e.canceled_to"
        " GROUP BY d.endpoint_id, d.key HAVING"
        " count(*) FILTER (WHERE d.state = 'due') <> 1"));
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
  auto& check = examination.check("webhooks told");
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

}  // namespace orderflow::notifications::webhooks
