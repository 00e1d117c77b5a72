#pragma once

#include "config/document.hpp"

#include <string>

namespace orderflow::config {

/// What `check` says of a document: its problems, one a line, or nothing.
inline std::string problems_of(const Document& document) {
  try {
    document.check();
    return {};
  } catch (const Invalid& invalid) {
    return invalid.what();
  }
}

}  // namespace orderflow::config
