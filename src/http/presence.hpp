#pragma once

#include <functional>

namespace orderflow::http {

/// Whether the client that waits for an answer is still connected. A handler that holds its answer
/// asks for it, so that no client keeps a connection, or what was reserved for its answer, by going
/// away. Belongs to the session's executor.
class Presence {
 public:
  virtual ~Presence() = default;

  /// Calls `gone` once, on the session's executor, when the client has ended its side of the
  /// connection: it may have gone, or only have nothing more to send. So answer with what there is;
  /// the connection ends after it. Never called after the handler has returned.
  ///
  /// False where the bound on held answers is reached: `gone` is not called then, and the answer
  /// must not be held.
  virtual bool watch(std::function<void()> gone) = 0;
};

}  // namespace orderflow::http
