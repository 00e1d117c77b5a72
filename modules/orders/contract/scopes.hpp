#pragma once

#include "core/scope.hpp"

namespace orderflow::orders {

/// To read orders, and what other modules keep about them and their buyers.
inline constexpr core::Scope read_scope{"orders:read"};

/// To place and change orders, and what other modules keep about them and their buyers.
inline constexpr core::Scope write_scope{"orders:write"};

}  // namespace orderflow::orders
