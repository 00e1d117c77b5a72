#pragma once

#include "app/settings.hpp"
#include "host/module.hpp"

#include <memory>
#include <vector>

namespace orderflow::app {

/// Runs a node until SIGINT or SIGTERM. It then reports that it stops, works on for the time that
/// the settings give load balancers to notice, and drains: running requests and effects finish
/// within the limit, the rest resumes at the next start. A second signal ends it at
/// once. With TLS, SIGHUP reads the certificate again. Returns the exit code: 1 where standard
/// output cannot be written. Throws `KeyMissing`, `http::TlsError`, and what `host::Node` and
/// `http::Server` throw at start.
///
/// The phases are types, each made of those before it: `OpenedNode`, `NodeApi`, `RunningNode`.
int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
