#pragma once

#include "access/key_ring.hpp"
#include "access/scope_catalog.hpp"
#include "app/settings.hpp"
#include "app/traces.hpp"
#include "bridge/bridge.hpp"
#include "core/clock.hpp"
#include "events/delivery/timers.hpp"
#include "events/effect_executor.hpp"
#include "host/module.hpp"
#include "host/node.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// The modules of this program, and those of them that this process hosts.
struct Modules {
  /// The modules outlive it.
  Modules(const std::vector<std::unique_ptr<host::Module>>& modules,
          const std::vector<std::string>& hosted_names);

  std::vector<host::Module*> all;
  std::vector<host::Module*> hosted;
  access::ScopeCatalog scopes;  ///< of all modules, and of what serves beside them
};

/// The first phase of a process that serves: the data folder is this process's own, the database is
/// up to date, the modules are installed, the API keys are loaded. Nothing of it runs: what is
/// posted to `effects` waits there. Each member needs those before it.
struct OpenedNode {
  /// `its_settings` outlive it. `on_storage_failure` is called on the writer thread. Throws
  /// `KeyMissing`, and what `host::Node` throws.
  OpenedNode(const Settings& its_settings, Modules its_modules,
             std::function<void()> on_storage_failure);
  OpenedNode(const OpenedNode&) = delete;
  OpenedNode& operator=(const OpenedNode&) = delete;

  const Settings& settings;
  const Modules modules;
  const core::SystemClock clock;
  Traces traces;
  boost::asio::io_context effects{1};  ///< of one thread
  events::AsioTimers timers;
  events::EffectExecutor executor;
  const std::unique_ptr<bridge::Bridge> bridge;  ///< null: this node stands alone
  host::Node node;
  access::KeyRing keys;
};

}  // namespace orderflow::app
