#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::config {

/// The candidate that `name` is most likely a misspelling of; nothing where none is near. Near is
/// one edit for each three characters, at least one; letters are compared without regard to case.
/// An edit inserts, removes or replaces a character or swaps two neighbours (optimal string
/// alignment distance). Of equally near candidates the first is taken.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

}  // namespace orderflow::config
