#include "events/delivery/edit.hpp"

#include "events/delivery/retry_policy.hpp"

namespace orderflow::events {

void require_permitted(const Event& event) {
  if (event.is<ForbiddenEdit>()) throw PermanentFailure(event.unreadable_because());
}

}  // namespace orderflow::events
