#pragma once

#include "gateway/gateway.hpp"
#include "host/module.hpp"
#include "outbound/http_sender.hpp"

#include <memory>

namespace orderflow::billing {

/// The module with a gateway of the caller's in place of the one that the settings name, for tests.
/// The gateway outlives the module.
std::unique_ptr<host::Module> make_module_over(PaymentGateway& gateway);

/// The module whose card gateway is reached through a sender of the caller's: all that the settings
/// say of the gateway holds, and only the network is left out. The sender outlives the module.
std::unique_ptr<host::Module> make_module_over(outbound::HttpSender& card_sender);

}  // namespace orderflow::billing
