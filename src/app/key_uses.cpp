#include "key_uses.hpp"

#include "access/key_store.hpp"
#include "telemetry/log.hpp"

#include <chrono>
#include <vector>

namespace orderflow::app {
namespace {

constexpr std::chrono::minutes interval{1};

boost::asio::awaitable<void> keep_uses(const host::Host* host, access::KeyRing* ring) {
  const core::TraceContext trace;
  for (;;) {
    co_await events::sleep_until(host->timers(), host->clock().now() + interval);
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
  host.background([host = &host, ring = &ring] { return keep_uses(host, ring); });
}

}  // namespace orderflow::app
