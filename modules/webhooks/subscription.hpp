#pragma once

#include <string_view>

namespace orderflow::webhooks {

/// The name of the one subscription that serves all endpoints: a key in the database.
inline constexpr std::string_view subscription_name = "webhooks.send";

}  // namespace orderflow::webhooks
