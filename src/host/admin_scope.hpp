#pragma once

#include "core/scope.hpp"

namespace orderflow::host {

/// What operators need: for the admin API, and for a module's routes that change how it works.
inline constexpr core::Scope admin_scope{"admin", core::Scope::Holder::operations};

}  // namespace orderflow::host
