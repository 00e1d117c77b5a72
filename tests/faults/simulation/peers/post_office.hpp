#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "events/delivery/timers.hpp"
#include "notifications/module_over_channel.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// Where mails go. It keeps each that has reached it, whatever becomes of the node, and misbehaves
/// by chance: it is slow, fails before or after it has taken a mail, or refuses it.
class PostOffice final : public notifications::Channel {
 public:
  struct Mail {
    std::string content;
    int copies = 0;
  };

  PostOffice(const core::Clock& clock, std::uint64_t seed, std::uint64_t trouble_percent)
      : clock_(clock), random_(seed), trouble_percent_(trouble_percent) {}

  /// The timers of the node that lives now.
  void wait_with(events::Timers& timers) noexcept { timers_ = &timers; }

  std::string_view name() const noexcept override { return "post"; }
  boost::asio::awaitable<notifications::DeliveryResult> deliver(
      const notifications::Message& message) override;

  void heal() noexcept { trouble_percent_ = 0; }

  /// By the notification's identifier, which the Message-ID is made of.
  const std::map<std::string, Mail>& mails() const noexcept { return mails_; }
  /// Mails that came again with another content.
  const std::vector<std::string>& contradictions() const noexcept { return contradictions_; }

 private:
  void take(const notifications::Message& message);

  const core::Clock& clock_;
  core::SeededRandom random_;
  std::uint64_t trouble_percent_;
  events::Timers* timers_ = nullptr;
  std::map<std::string, Mail> mails_;
  std::vector<std::string> contradictions_;
};

}  // namespace orderflow::simulation
