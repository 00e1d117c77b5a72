#pragma once

#include "config/section.hpp"
#include "core/scope.hpp"
#include "events/log/catalog.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace orderflow::host {

class ModuleIntegrity;
class OrderExport;
class Host;

/// A part of the business behind its contract. The composition root creates one of each, lets all
/// of them read their settings and describe their events, and installs those that this node hosts.
class Module {
 public:
  virtual ~Module() = default;

  /// The prefix of its tables, subscriptions and settings: "orders".
  virtual std::string_view name() const noexcept = 0;

  /// Reads its section of the settings, whether it is hosted or not.
  virtual void configure(const config::Section& settings) = 0;

  /// Adds the event types that it publishes or subscribes to.
  virtual void describe(events::Catalog& catalog) const = 0;

  /// The scopes that it owns, for its own routes and those of others; whether it is hosted or not.
  virtual std::span<const core::Scope> scopes() const noexcept { return {}; }

  /// Registers its subscriptions, effects and routes. Called once, before the node starts; the
  /// module and the host outlive what is registered.
  virtual void install(Host& host) = 0;

  /// Adds checks of its tables, where it has any, for a database that no node needs to be running
  /// on. The module outlives the checks; it is neither configured nor installed.
  virtual void check_integrity(ModuleIntegrity& /*integrity*/) const {}

  /// Names of its subscriptions in which events of one key need not wait for one another. Asked
  /// whether it is hosted or not, for what it has left in the database stays there. The texts live
  /// as long as the program.
  virtual std::vector<std::string_view> unordered_subscriptions() const { return {}; }

  /// What it keeps by order, for checks that compare modules; null: nothing. Lives as long as the
  /// module, which is neither configured nor installed.
  virtual const OrderExport* order_export() const noexcept { return nullptr; }

  /// The node begins to stop: requests that wait for something to happen are to be answered now.
  /// Called once while everything still runs; new requests may still arrive.
  virtual void drain() noexcept {}

  /// After `drain`: true where none of its background work is under way that should end first.
  /// Called repeatedly, from another thread, while everything still runs.
  virtual bool is_quiet() const noexcept { return true; }

  /// Ends the threads of its own, if any. Called when no effect runs any more, while what suspended
  /// effects refer to still exists. Afterwards the module is not used, except to install it again.
  virtual void stop() noexcept {}
};

/// What events they publish and subscribe to.
events::Catalog catalog_of(const std::vector<std::unique_ptr<Module>>& modules);

}  // namespace orderflow::host
