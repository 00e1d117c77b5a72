#pragma once

#include "app/settings.hpp"
#include "host/module.hpp"

#include <memory>
#include <stdexcept>
#include <vector>

namespace orderflow::app {

/// The node is to be reached by others, and no API key lets them in; what() explains what to do.
class KeyMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs a node until SIGINT or SIGTERM, then drains it: no new connections, running requests and
/// effects finish within the limit, the rest resumes at the next start. A second signal ends it at
/// once. With TLS, SIGHUP reads the certificate again. Returns the exit code: 1 where standard
/// output cannot be written. Throws
/// `KeyMissing`, `http::TlsError`, and what `host::Node` and `http::Server` throw at start.
int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
