#pragma once

#include <string_view>

namespace orderflow::orders {

/// True for an address that mail can be sent to: a dot-atom local part of 1 to 64 characters, "@",
/// and a domain of two or more labels of letters, digits and hyphens (RFC 5321 §4.1.2 without
/// quoted local parts and address literals, which no shop needs); at most 254 characters in all. An
/// encoded word of RFC 2047 is refused: a mail program may read another address from it.
bool is_email_address(std::string_view text) noexcept;

}  // namespace orderflow::orders
