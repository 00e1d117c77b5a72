#pragma once

#include "config/section.hpp"
#include "core/random.hpp"
#include "events/catalog.hpp"
#include "host/host.hpp"
#include "webhooks/carrier.hpp"
#include "webhooks/settings.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace orderflow::notifications::webhooks {

/// The kinds that an endpoint can ask for: those that the catalog has as public.
std::set<std::string, std::less<>> public_kinds(const events::Catalog& catalog);

/// Tells endpoints of others about events, as Standard Webhooks says (docs/webhooks.md). The whole
/// of it as the module sees it: used as the module itself is.
class Webhooks {
 public:
  /// `given` carries the requests in place of the network, and `chance` decides how much longer a
  /// retry waits; both outlive it. Null: the network, and real chance.
  Webhooks(Carrier* given, core::Random* chance);
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  /// Reads the `notifications.webhooks` section.
  void configure(const config::Section& section);
  void install(host::Host& host, const events::Catalog& catalog);
  void drain() noexcept;
  bool is_quiet() const noexcept;
  void stop() noexcept;

 private:
  struct Parts;
  Carrier* const given_;
  std::unique_ptr<core::Random> own_chance_;
  core::Random& chance_;
  std::optional<Settings> settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orderflow::notifications::webhooks
