#pragma once

#include "app/settings.hpp"

#include <stdexcept>

namespace orderflow::app {

/// The node is to be reached by others, and no API key lets them in; what() explains what to do.
class KeyMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws `KeyMissing` where others can reach the node and `has_key` is false: whether there is a
/// valid key, or can be one.
void require_key(const Settings& settings, bool has_key);

}  // namespace orderflow::app
