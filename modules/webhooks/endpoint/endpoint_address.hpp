#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::webhooks {

/// Why `url` cannot be the address of an endpoint; nothing where it can. It must be an absolute
/// https URL of a host that a resolver would be asked for, or of a public IP address in its usual
/// form: what a name resolves to is judged at each connection (outbound::Reach). With
/// `allow_private` also http, and any host.
std::optional<std::string> refusal_of_address(std::string_view url, bool allow_private);

}  // namespace orderflow::webhooks
