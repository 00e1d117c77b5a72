#pragma once

#include "http/message/message.hpp"

#include <chrono>
#include <optional>

namespace orderflow::orders {

/// How long the client would have its answer held: `Prefer: wait=N` (RFC 7240 §4.3). Read from all
/// `Prefer` headers; the first `wait` counts. Nothing where there is none, it is malformed or 0; at
/// most `limit`.
std::optional<std::chrono::seconds> wait_preference(const http::Request& request,
                                                    std::chrono::seconds limit);

}  // namespace orderflow::orders
