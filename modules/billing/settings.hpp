#pragma once

#include "card/card_settings.hpp"
#include "config/section.hpp"
#include "core/clock.hpp"
#include "effects/reconcile.hpp"
#include "events/delivery/retry_policy.hpp"
#include "fraud/fraud_rules.hpp"

#include <cstddef>
#include <string>

namespace orderflow::billing {

struct GatewaySettings {
  std::string kind;        ///< "simulated" or "card"
  core::Duration latency;  ///< of every answer of the simulated one
  CardSettings card;
};

/// How the gateway is asked to charge, or to pay back.
struct AttemptSettings {
  core::Duration deadline;  ///< the gateway answers within it, or the attempt has failed
  std::size_t concurrency;  ///< attempts in flight, at most
  events::RetryPolicy retry;
};

/// The `billing` section of the settings.
struct Settings {
  FraudRules fraud;
  GatewaySettings gateway;
  AttemptSettings capture;
  AttemptSettings refund;
  ReconcileSettings reconcile;
  core::Duration idempotency_keep_for;  ///< that a key stands for its refund, at least
};

/// Reads them. Throws `config::Invalid` where `blockedEmailDomains` has an entry that could never
/// match, and what `read_card_settings` throws.
Settings read_settings(const config::Section& billing);

}  // namespace orderflow::billing
