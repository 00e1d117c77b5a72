#include "admin/destination_routes.hpp"

#include "host/admin_scope.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"

#include <utility>

namespace orderflow::admin {
namespace {

nlohmann::json status_json(const outbound::DestinationStatus& status) {
  nlohmann::json document = {
      {"name", status.name},          {"circuit", outbound::to_string(status.circuit)},
      {"probedAt", nullptr},          {"concurrency", status.concurrency},
      {"inFlight", status.in_flight}, {"succeeded", status.succeeded},
      {"failed", status.failed},      {"throttled", status.throttled},
      {"opened", status.opened},      {"lastError", nullptr},
      {"lastFailureAt", nullptr}};
  if (status.look_again_at) document["probedAt"] = core::to_rfc3339(*status.look_again_at);
  if (status.last_failure_at) {
    document["lastError"] = status.last_error;
    document["lastFailureAt"] = core::to_rfc3339(*status.last_failure_at);
  }
  return document;
}

}  // namespace

void add_destination_routes(host::Services& services) {
  services.router.add(
      http::Method::get, "/v1/admin/destinations", host::admin_scope,
      [&services](http::Request& request) -> boost::asio::awaitable<http::Response> {
        core::FieldErrors errors;
        host::reject_unknown_parameters(request, {}, errors);
        if (!errors.empty()) {
          co_return host::bad_parameters(request, std::move(errors));
        }
        nlohmann::json document = {{"destinations", nlohmann::json::array()}};
        for (const auto& status : services.destinations.status())
          document["destinations"].push_back(status_json(status));
        co_return host::json_response(200, document);
      });
}

}  // namespace orderflow::admin
