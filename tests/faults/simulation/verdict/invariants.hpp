#pragma once

#include <span>
#include <string_view>

namespace orderflow::simulation {

/// What must hold in the database of a node at rest: each row that `sql` gives is a finding.
struct Invariant {
  std::string_view finding;
  std::string_view sql;
};

/// To be run before the invariants: views that they lean on.
std::span<const std::string_view> invariant_views();
std::span<const Invariant> invariants();

}  // namespace orderflow::simulation
