#include "key_admin/key_uses.hpp"

#include "access/key_store.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace orderflow::key_admin {
namespace {

constexpr std::chrono::minutes interval{1};

/// Logs ended keys that are still sent: at most a few of them.
void name_refused(access::KeyRing& ring) {
  constexpr std::size_t named_max = 10;
  const std::vector<access::KeyRefused> refused = ring.take_refused();
  for (std::size_t i = 0; i < std::min(refused.size(), named_max); ++i) {
    telemetry::log("access").warn("key refused id={} name={} because={} times={}", refused[i].id,
                                  refused[i].name, refused[i].revoked ? "revoked" : "expired",
                                  refused[i].times);
  }
  if (refused.size() > named_max) {
    telemetry::log("access").warn("more keys were refused count={}", refused.size() - named_max);
  }
}

boost::asio::awaitable<void> keep_uses(const host::Host* host, access::KeyRing* ring) {
  const core::TraceContext trace;
  for (;;) {
    co_await events::sleep_until(host->timers(), host->clock().now() + interval);
    name_refused(*ring);
    const std::vector<access::KeyUse> uses = ring->uses();
    if (uses.empty()) continue;
    auto body = [&](events::Turn& turn) {
      for (const access::KeyUse& use : uses)
        access::set_last_used(turn.db(), use.id, use.at);
    };
    try {
      co_await host->write(trace, body);
      ring->note_kept(uses);
    } catch (const storage::WriteRefused& e) {
      telemetry::log("access").debug("uses of keys not kept this time reason=\"{}\"", e.what());
    } catch (const storage::StorageFailure&) {
      co_return;
    }
  }
}

}  // namespace

void keep_key_uses(host::Host& host, access::KeyRing& ring) {
  host.export_metrics([ring = &ring](telemetry::Exposition& metrics) {
    const access::RefusalCounts counts = ring->refusals();
    const auto report = [&](const char* reason, std::uint64_t times) {
      metrics.counter("orderflow_keys_refused_total", "Requests that were refused for their key.",
                      static_cast<double>(times), {{"reason", reason}});
    };
    report("missing", counts.missing);
    report("unknown", counts.unknown);
    report("ended", counts.ended);
    report("too_narrow", counts.too_narrow);
  });
  host.background([host = &host, ring = &ring] { return keep_uses(host, ring); });
}

}  // namespace orderflow::key_admin
