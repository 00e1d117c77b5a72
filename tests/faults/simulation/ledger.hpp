#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "events/delivery/subscription.hpp"
#include "host/module.hpp"
#include "storage/migration.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::simulation {

/// A module beside those of the business that books every event it receives, in the order in which
/// it receives them: once by a transactional subscription, which receives all, and once by an
/// effect. Both fail by chance, after they have written as well, so that the order of keys is put
/// to the test. The first keeps a copy of each event, so that the whole log is known when retention
/// has removed a part of it.
class Ledger final : public host::Module {
 public:
  static constexpr std::string_view transactional = "ledger.book";
  static constexpr std::string_view effect = "ledger.echo";
  /// What the transactional one subscribes to: every kind there is.
  static const std::vector<std::string>& kinds();
  static storage::Migration migration();

  Ledger(const core::Clock& clock, std::uint64_t seed, std::uint64_t trouble_percent,
         int attempts_max)
      : clock_(clock),
        random_(seed),
        trouble_percent_(trouble_percent),
        attempts_max_(attempts_max) {}

  void heal() noexcept { trouble_percent_ = 0; }

  std::string_view name() const noexcept override { return "ledger"; }
  void configure(const config::Section&) override {}
  void describe(events::Catalog& catalog) const override;
  void install(host::Host& host) override;

 private:
  bool in_trouble() { return random_.below(100) < trouble_percent_; }
  void fail_by_chance();
  void book(std::string_view subscription, const events::Event& event, events::Turn& turn);
  static void archive(const events::Event& event, events::Turn& turn);
  boost::asio::awaitable<events::AttemptResult> echo(const events::Event& event,
                                                     const events::EffectContext& context);

  const core::Clock& clock_;
  core::SeededRandom random_;
  std::uint64_t trouble_percent_;
  const int attempts_max_;
};

}  // namespace orderflow::simulation
