#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace orderflow::fuzz {

/// Ends the process where `holds` is false, as libFuzzer expects of a finding: `promise` names what
/// was broken, `seen` by what.
inline void require(bool holds, std::string_view promise, std::string_view seen = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()), promise.data());
  if (!seen.empty()) {
    std::fprintf(stderr, "seen: %.*s\n", static_cast<int>(seen.size()), seen.data());
  }
  std::abort();
}

}  // namespace orderflow::fuzz
