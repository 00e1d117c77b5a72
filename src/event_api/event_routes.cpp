#include "event_api/event_routes.hpp"

#include "event_api/event_stream.hpp"
#include "event_api/reading_position.hpp"
#include "events/log/cloud_event.hpp"
#include "host/event_filter.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <memory>
#include <string>
#include <utility>

namespace orderflow::event_api {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

/// Nothing where it is no number, or no possible version.
std::optional<int> parse_version(std::string_view text) {
  int version = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return version;
}

events::EventLog::Filter read_event_filter(const Request& request) {
  events::EventLog::Filter filter;
  if (const auto kind = request.query_value("kind")) filter.kind = std::string(*kind);
  if (const auto key = request.query_value("key")) filter.key = host::wanted_key(*key);
  return filter;
}

std::optional<std::string> fault_of(const host::Services& services,
                                    const events::EventLog::Filter& filter) {
  return filter.kind ? host::fault_of_kind(services.log.catalog(), *filter.kind) : std::nullopt;
}

/// The `after` parameter or, for a client that reconnects, its `Last-Event-ID`; an EventSource that
/// has received no event with an id sends a blank one.
std::optional<events::NamedPosition> read_event_after(const Request& request,
                                                      core::FieldErrors& errors) {
  const auto last = request.header("last-event-id");
  if (last && !last->empty()) {
    const auto position = events::parse_position(*last);
    if (!position) errors.push_back({"Last-Event-ID", "must be the id of an event of this stream"});
    return position;
  }
  const auto after = request.query_value("after");
  if (!after) return std::nullopt;
  const auto position = events::parse_position(*after);
  if (!position)
    errors.push_back({"after",
                      "must be a position in the log: a whole number, 0 or more, alone or after "
                      "the log's life and a dot"});
  return position;
}

Response get_events(host::Services& services, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"after", "kind", "key", "limit"}, errors);
  const auto after = read_event_after(request, errors).value_or(events::NamedPosition{});
  const std::size_t limit = host::page_limit(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  const auto filter = read_event_filter(request);
  if (auto fault = fault_of(services, filter))
    return host::unknown_kind(request, *std::move(fault));

  const ReadingPosition position = find_reading_position(services, after);
  if (!position.is_of_this_log) return position_not_in_log(request, services, position);
  const auto page = services.readers.read(events::event_owner, [&](storage::Session session) {
    return services.log.page(session, position.after, filter, limit);
  });
  nlohmann::json document = {{"events", nlohmann::json::array()},
                             {"next", position.text(page.scanned_to)},
                             {"end", page.end},
                             {"life", services.incarnations.id()}};
  for (const auto& event : page.events)
    document["events"].push_back(cloud_event(*event));
  Response response = host::json_response(200, document);
  response.headers.emplace_back(log_incarnation_header, services.incarnations.id());
  return response;
}

awaitable<Response> stream_events(host::Services& services, std::shared_ptr<StreamedTexts> texts,
                                  Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"after", "kind", "key"}, errors);
  const auto after = read_event_after(request, errors);
  if (!errors.empty()) co_return host::bad_parameters(request, std::move(errors));
  auto filter = read_event_filter(request);
  if (auto fault = fault_of(services, filter))
    co_return host::unknown_kind(request, *std::move(fault));

  Response response;
  response.content_type = "text/event-stream";
  const auto executor = co_await boost::asio::this_coro::executor;
  response.headers.emplace_back(log_incarnation_header, services.incarnations.id());
  ReadingPosition from = after
                             ? find_reading_position(services, *after)
                             : ReadingPosition{.after = services.live.newest(), .incarnation = {}};
  response.stream = std::make_unique<EventStream>(services, std::move(texts), executor,
                                                  std::move(from), std::move(filter));
  co_return response;
}

nlohmann::json schema_entry(const events::EventType& type) {
  return {{"kind", type.kind},
          {"version", type.version},
          {"owner", type.owner},
          {"internal", type.visibility == events::Visibility::internal},
          {"href", "/v1/schemas/" + type.kind + "/" + std::to_string(type.version)}};
}

Response get_schemas(const events::Catalog& catalog) {
  nlohmann::json document = {{"schemas", nlohmann::json::array()}};
  for (const auto& type : catalog.types())
    document["schemas"].push_back(schema_entry(type));
  return host::json_response(200, document);
}

Response get_schema(const events::Catalog& catalog, const Request& request) {
  const auto version = parse_version(request.path_value("version"));
  const events::EventType* type =
      version ? catalog.find(request.path_value("kind"), *version) : nullptr;
  if (type == nullptr) {
    const http::Problem problem{404, "schema-not-found", "There is no such schema",
                                "See /v1/schemas for those that exist."};
    return http::problem_response(request, problem);
  }
  Response response;
  response.content_type = "application/schema+json";
  response.body = type->schema;
  return response;
}

}  // namespace

void add_event_routes(host::Services& services, const events::Catalog& catalog) {
  http::Router& router = services.router;
  router.add(http::Method::get, "/v1/events", read_scope,
             [&services](Request& request) -> awaitable<Response> {
               co_return get_events(services, request);
             });
  router.add(http::Method::get, "/v1/events/stream", read_scope,
             [&services, texts = std::make_shared<StreamedTexts>()](Request& request) {
               return stream_events(services, texts, request);
             });
  router.add(http::Method::get, "/v1/schemas", read_scope,
             [&catalog](Request&) -> awaitable<Response> { co_return get_schemas(catalog); });
  router.add(http::Method::get, "/v1/schemas/{kind}/{version}", read_scope,
             [&catalog](Request& request) -> awaitable<Response> {
               co_return get_schema(catalog, request);
             });
}

}  // namespace orderflow::event_api
