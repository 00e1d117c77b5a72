#include "admin/audit_routes.hpp"

#include "events/dispatcher.hpp"
#include "events/operations/audit_store.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::admin {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

nlohmann::json entry_json(const events::AuditEntry& entry) {
  nlohmann::json document = {{"id", entry.number},
                             {"at", core::to_rfc3339(entry.at)},
                             {"actor", entry.actor.name},
                             {"action", entry.action},
                             {"subscription", entry.subscription},
                             {"detail", entry.detail},
                             {"correlationId", entry.actor.correlation_id}};
  if (entry.seq) document["sequence"] = entry.seq->value();
  if (entry.key) document["key"] = *entry.key;
  if (!entry.reason.empty()) document["reason"] = entry.reason;
  return document;
}

std::optional<std::int64_t> read_after(const Request& request, core::FieldErrors& errors) {
  const auto text = request.query_value("after");
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size() || number < 1) {
    errors.push_back({"after", "must be the id of an entry: a whole number, 1 or more"});
  }
  return number;
}

Response list(const AdminApi& admin, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"limit", "after"}, errors);
  const auto after = read_after(request, errors);
  const std::size_t limit = host::page_limit(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  // One more shows whether there is a next page.
  auto entries = admin.read(
      [&](storage::Session session) { return events::audit_page(session, after, limit + 1); });
  std::optional<std::int64_t> next;
  if (entries.size() > limit) {
    entries.resize(limit);
    next = entries.back().number;
  }
  nlohmann::json shown = nlohmann::json::array();
  for (const auto& entry : entries)
    shown.push_back(entry_json(entry));
  return host::page_response("entries", std::move(shown), next);
}

Response status(const AdminApi& admin) {
  const storage::Writer& writer = admin.services().dispatcher.writer();
  const storage::WriterCounters counters = writer.counters();
  const nlohmann::json document = {
      {"newestEvent", admin.services().dispatcher.newest().value()},
      {"writer",
       {{"batches", counters.batches},
        {"writes", counters.writes},
        {"waiting", counters.waiting},
        {"refused", counters.refused},
        {"throttledBatches", counters.throttled},
        {"commitSeconds", static_cast<double>(writer.commit_micros().snapshot().sum) / 1e6}}}};
  return host::json_response(200, document);
}

}  // namespace

void add_audit_routes(AdminApi& admin) {
  admin.route(
      http::Method::get, "/v1/admin/audit",
      [&admin](Request& request) -> awaitable<Response> { co_return list(admin, request); });
  admin.route(http::Method::get, "/v1/admin/status",
              [&admin](Request&) -> awaitable<Response> { co_return status(admin); });
}

}  // namespace orderflow::admin
