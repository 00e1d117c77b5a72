#pragma once

#include "config/section.hpp"
#include "outbound/circuit_breaker.hpp"

#include <cstddef>
#include <string>

namespace orderflow::billing {

/// The `billing.gateway.card` section of the settings.
struct CardSettings {
  std::string base_url;     ///< without a slash at its end
  std::string api_version;  ///< empty: the account's own
  std::string secret_key;
  std::string webhook_secret;  ///< empty: the gateway's events are not taken
  std::string ca_file;         ///< PEM; empty: the system's certificates
  core::Duration connect_timeout;
  std::size_t concurrency;  ///< requests in flight, at most
  outbound::CircuitOptions circuit;
  core::Duration key_age_max;          ///< the gateway remembers a key for so long
  std::string default_payment_method;  ///< of orders that name none; may be empty
};

/// Reads them. Where `is_used`, throws `config::Invalid` with every problem: a key that is missing,
/// an address that is not https (or http on this machine), a certificate file that is none.
CardSettings read_card_settings(const config::Section& card, bool is_used);

}  // namespace orderflow::billing
