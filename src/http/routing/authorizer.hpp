#pragma once

#include "http/message/message.hpp"
#include "http/routing/access.hpp"

namespace orderflow::http {

/// Decides by what a request brings whether it may reach a route. Called on every I/O thread, for
/// every request: quick and non-blocking.
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

  /// False where clients need no key.
  virtual bool is_required() const noexcept { return true; }

  /// False where `request`, admitted before, would be refused now: asked repeatedly while a body
  /// without an end is sent.
  virtual bool still_authorizes(const Request& request, Access needed) const noexcept = 0;
};

}  // namespace orderflow::http
