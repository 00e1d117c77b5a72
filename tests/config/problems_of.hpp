#pragma once

#include "config/document.hpp"

#include <string>

namespace orderflow::config {

/// The problems that `check` finds in a document, one a line; empty where there are none.
inline std::string problems_of(const Document& document) {
  try {
    document.check();
    return {};
  } catch (const Invalid& invalid) {
    return invalid.what();
  }
}

}  // namespace orderflow::config
