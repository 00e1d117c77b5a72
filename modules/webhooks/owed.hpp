#pragma once

#include "endpoint/endpoint.hpp"
#include "routes.hpp"

#include <cstddef>

namespace orderflow::webhooks {

/// Events that an endpoint is still to be told, without a row: they wait in the log behind its
/// position.
struct Owed {
  std::size_t count = 0;
  bool is_all = true;  ///< false: there may be more, further on in the log
};

/// Looks at a bounded part of the log.
Owed count_owed(const RouteServices& services, const Endpoint& endpoint);

}  // namespace orderflow::webhooks
