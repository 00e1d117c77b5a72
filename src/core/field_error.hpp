#pragma once

#include <string>
#include <vector>

namespace orderflow::core {

/// One thing that is wrong with an input, and where.
struct FieldError {
  std::string pointer;  ///< JSON Pointer (RFC 6901) into the body, or a parameter's name
  std::string detail;   ///< what is wrong and what is allowed, for people
};

using FieldErrors = std::vector<FieldError>;

}  // namespace orderflow::core
