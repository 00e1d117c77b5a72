#include "owed.hpp"

#include "delivery_store.hpp"
#include "following/log_pages.hpp"

#include <algorithm>

namespace orderflow::webhooks {
namespace {

using events::Seq;

constexpr std::int64_t positions_scanned_max = 10'240;

/// What it is told ends here.
Seq end_of(const Endpoint& endpoint, Seq newest) {
  if (endpoint.state == EndpointState::enabled) return newest;
  const auto& earlier = endpoint.wanted.earlier;
  return earlier.empty() ? endpoint.cursor : earlier.back().upto;
}

}  // namespace

Owed count_owed(const RouteServices& services, const Endpoint& endpoint) {
  const host::Host& host = services.host;
  const Seq position = endpoint.position(services.reading.finished_to());
  Seq upto;
  Owed owed;
  host.read_log([&](storage::Session session) {
    const events::EventLog& log = host.log();
    const Seq end = end_of(endpoint, log.newest(session));
    upto = std::min(end, Seq{position.value() + positions_scanned_max});
    owed.is_all = upto == end;
    for (const auto& heading : log.headings(session, position, upto)) {
      if (services.kinds.contains(heading.kind) &&
          endpoint.wanted.wants(heading.kind, heading.seq) &&
          is_for_webhooks(log, session, heading)) {
        ++owed.count;
      }
    }
  });
  const std::size_t rows = host.read([&](storage::Session session) {
    return DeliveryStore(session).count_in(endpoint.id, position, upto);
  });
  owed.count -= std::min(owed.count, rows);
  return owed;
}

}  // namespace orderflow::webhooks
