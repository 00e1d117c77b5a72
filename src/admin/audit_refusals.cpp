#include "admin/audit_refusals.hpp"

#include "host/admin_scope.hpp"
#include "host/audit.hpp"
#include "http/message/target.hpp"

#include <memory>
#include <string>
#include <utility>

namespace orderflow::admin {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

constexpr std::size_t path_bytes_max = 200;

/// What one wrapped route needs; lives in its handler.
struct Watched {
  std::shared_ptr<const host::Host> host;
  std::string route;
  http::Handler handler;
};

bool is_refusal(const Response& response) {
  return response.status >= 400 && response.status < 500;
}

awaitable<Response> answer(const Watched& watched, Request& request) {
  auto answering = watched.handler(request);
  Response response = co_await std::move(answering);
  if (!is_refusal(response)) co_return response;
  auto body = [&](events::Turn& turn) {
    host::keep_audit(turn, request, std::string(events::audit_refused),
                     {{"route", watched.route},
                      {"path", http::encoded_path(request.target).substr(0, path_bytes_max)},
                      {"status", response.status}});
  };
  co_await watched.host->write(request, body, events::Urgency::of_operator);
  co_return response;
}

}  // namespace

void audit_refusals(host::Services& services) {
  const auto host = std::make_shared<const host::Host>(events::event_owner, services);
  services.router.wrap([host](const http::Router::Route& route, http::Handler handler) {
    const bool changes = route.method != http::Method::get && route.method != http::Method::head;
    if (route.access != host::admin_scope || !changes) return handler;
    const std::string name = std::string(http::to_string(route.method)) + " " + route.pattern;
    return http::Handler([watched = Watched{host, name, std::move(handler)}](Request& request) {
      return answer(watched, request);
    });
  });
}

}  // namespace orderflow::admin
