#pragma once

#include "endpoint/endpoint.hpp"
#include "host/page.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::webhooks {

/// All SQL on the endpoints. A view of a session of the module.
class EndpointStore {
 public:
  explicit EndpointStore(storage::Session session) noexcept : session_(session) {}

  void insert(const Endpoint& endpoint);
  /// Writes what its owner can change, its secrets, its state, its position and how it fares.
  void update(const Endpoint& endpoint);

  /// All up to there has a row, or it does not want it.
  void move(EndpointId id, events::Seq cursor);

  /// Also a deleted one.
  std::optional<Endpoint> find_any(EndpointId id);
  /// One that is not deleted.
  std::optional<Endpoint> find(EndpointId id);

  /// Those that are not deleted, in the order they were made.
  using Page = host::Page<Endpoint, EndpointId>;
  Page page(const host::PageRequest<EndpointId>& wanted);
  std::vector<Endpoint> enabled();
  std::vector<EndpointId> ids_in(EndpointState state);
  /// Those with deliveries that are canceled and may not be marked yet.
  std::vector<EndpointId> with_cancellation();
  std::size_t count();
  /// True where there is one, or what is left of one.
  bool has_any();

  /// What waits up to the endpoint's `canceled_to` has been marked: nothing is canceled any more.
  void forget_cancellation(EndpointId id);
  /// Deliveries up to here may have been removed for their age.
  events::Seq removed_to(EndpointId id);
  void note_removed(EndpointId id, events::Seq seq);
  void remove(EndpointId id);

 private:
  storage::Session session_;
};

}  // namespace orderflow::webhooks
