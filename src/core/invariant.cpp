#include "core/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace orderflow::core {

void end_at_broken_invariant(const char* what, const char* file, int line) noexcept {
  std::fprintf(stderr, "broken invariant: %s, %s:%d\n", what, file, line);
  std::abort();
}

}  // namespace orderflow::core
