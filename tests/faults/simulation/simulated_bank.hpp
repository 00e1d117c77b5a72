#pragma once

#include "billing/module_over_gateway.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// The gateway behind the payment gateway's door: it keeps its books whatever becomes of the node,
/// charges an idempotency key once, and misbehaves by chance: it answers late, after the deadline,
/// not at all although it has charged, or fails before it charges. It may refuse to pay back, which
/// it then does under that key for ever.
class SimulatedBank final : public billing::PaymentGateway {
 public:
  /// What it refuses to charge.
  static constexpr const char* declined_method = "declined-card";

  struct Entry {
    std::string order_id;
    std::string currency;
    std::int64_t amount;
    bool approved;
    int asked = 0;
  };

  /// Of a hundred requests `trouble_percent` go wrong.
  SimulatedBank(const core::Clock& clock, std::uint64_t seed, std::uint64_t trouble_percent)
      : clock_(clock), random_(seed), trouble_percent_(trouble_percent) {}

  boost::asio::awaitable<billing::ChargeResult> charge(
      const billing::ChargeRequest& request) override;
  boost::asio::awaitable<billing::RefundResult> refund(
      const billing::RefundRequest& request) override;

  /// From now on it answers at once.
  void heal() noexcept { trouble_percent_ = 0; }

  struct Refund {
    std::string order_id;
    std::string currency;
    std::int64_t amount;
    int asked = 0;
  };

  /// Both by idempotency key.
  const std::map<std::string, Refund>& refunds() const noexcept { return refunds_; }
  const std::map<std::string, Entry>& books() const noexcept { return books_; }
  /// Idempotency keys of refunds that it has refused.
  const std::set<std::string>& refusals() const noexcept { return refusals_; }
  /// Requests that contradict an earlier one with their key.
  const std::vector<std::string>& contradictions() const noexcept { return contradictions_; }

 private:
  const Entry& book(const billing::ChargeRequest& request);
  void book(const billing::RefundRequest& request);

  const core::Clock& clock_;
  core::SeededRandom random_;
  std::uint64_t trouble_percent_;
  std::map<std::string, Entry> books_;
  std::map<std::string, Refund> refunds_;
  std::set<std::string> refusals_;
  std::vector<std::string> contradictions_;
};

}  // namespace orderflow::simulation
