#pragma once

#include "core/uuid.hpp"

#include <string_view>

namespace orderflow::events {

/// The identifier of what a handler makes: the same work done twice, even on two nodes, gives the
/// same identifier, and the second one is dropped by the log's unique index.
///
/// The first 48 bits are those of `cause` (its time, so that identifiers stay time-ordered); the
/// other bits are SHA-256 over (cause, subscription, purpose, index). A version 7 UUID by form. The
/// purpose of an event is its kind, so that what a failure publishes and what a later success
/// publishes differ.
core::Uuid deterministic_id(const core::Uuid& cause, std::string_view subscription,
                            std::string_view purpose, unsigned index);

}  // namespace orderflow::events
