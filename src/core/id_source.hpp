#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "core/uuid.hpp"

#include <memory>

namespace orderflow::core {

/// Makes version 7 identifiers that strictly increase within this source, also when the clock
/// stands still or steps back (RFC 9562 §6.2, method 2: the random part is incremented).
/// Not safe for concurrent use: each thread has its own.
class IdSource {
 public:
  /// `clock` must outlive the source.
  IdSource(const Clock& clock, std::unique_ptr<Random> random);

  Uuid next();

 private:
  const Clock& clock_;
  std::unique_ptr<Random> random_;
  std::uint64_t last_ms_ = 0;
  std::uint64_t high_ = 0;  // the 12 bits after the version
  std::uint64_t low_ = 0;   // the 62 bits after the variant
};

}  // namespace orderflow::core
