#pragma once

#include <functional>

namespace orderflow::http {

/// Whether the client that waits for an answer is still there. A handler that holds its answer back
/// asks for it, so that nobody keeps a connection, and what was set aside for the answer, by going
/// away. Belongs to the session's executor.
class Presence {
 public:
  virtual ~Presence() = default;

  /// Calls `gone` once, on the session's executor, when the client has ended its side of the
  /// connection: it may have gone, or may only have said all that it had to say. So answer with
  /// what there is; the connection ends after it. Never called after the handler has returned.
  ///
  /// False where as many answers are held as may be: `gone` is not called then, and the answer is
  /// not to be held.
  virtual bool watch(std::function<void()> gone) = 0;
};

}  // namespace orderflow::http
