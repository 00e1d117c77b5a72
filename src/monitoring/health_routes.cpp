#include "monitoring/health_routes.hpp"

#include "events/dispatcher.hpp"
#include "host/json_body.hpp"
#include "monitoring/write_progress.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace orderflow::monitoring {

using boost::asio::awaitable;
using http::Request;
using http::Response;

void add_health_routes(host::Services& services, const std::atomic<bool>& stopping,
                       const bridge::Bridge* bridge) {
  http::Router& router = services.router;
  router.add(http::Method::get, "/healthz", http::Access::open,
             [](Request&) -> awaitable<Response> {
               const nlohmann::json document = {{"status", "ok"}};
               co_return host::json_response(200, document);
             },
             {.is_vital = true});
  router.add(
      http::Method::get, "/readyz", http::Access::open,
      [&services, &stopping, bridge,
       progress = std::make_shared<WriteProgress>()](Request&) -> awaitable<Response> {
        const storage::Writer& writer = services.dispatcher.writer();
        const bool still = progress->stands_still(writer.counters(), services.clock.steady());
        const char* storage = writer.failed()                   ? "failed: no more writes"
                              : still                           ? "writes stand still"
                              : writer.wal_limit().is_reached() ? "the write-ahead log is full"
                                                                : "ok";
        const auto others = bridge == nullptr ? bridge::BridgeStatus{} : bridge->status();
        const bool ready =
            std::string_view(storage) == "ok" && !stopping && !others.refuses_orders();
        const std::string trouble = bridge == nullptr ? "" : others.trouble();
        const char* fine = trouble.empty() ? "ready" : "degraded";
        nlohmann::json document = {
            {"status", ready ? fine : "not ready"},
            {"checks", {{"storage", storage}, {"node", stopping ? "stopping" : "ok"}}}};
        if (bridge != nullptr) document["checks"]["bridge"] = trouble.empty() ? "ok" : trouble;
        co_return host::json_response(ready ? 200 : 503, document);
      },
      {.is_vital = true});
}

}  // namespace orderflow::monitoring
