#pragma once

#include "http/access.hpp"
#include "http/message.hpp"

namespace orderflow::http {

/// Decides from what a request brings whether it may reach a route. Called on every I/O thread, for
/// every request: quick, and without waiting.
class Authorizer {
 public:
  virtual ~Authorizer() = default;

  enum class Decision {
    authorized,
    unknown,    ///< no key, or none that is valid: whatever the reason, it takes the same time
    too_narrow  ///< a valid key without the scope
  };

  /// Sets `request.client` where a valid key came with it.
  virtual Decision authorize(Request& request, Access needed) noexcept = 0;

  /// False where whoever reaches the server needs no key.
  virtual bool is_required() const noexcept { return true; }

  /// False where `request`, admitted before, would be turned away now: asked again and again while
  /// a body without an end is sent.
  virtual bool still_authorizes(const Request& request, Access needed) const noexcept = 0;
};

}  // namespace orderflow::http
