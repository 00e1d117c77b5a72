#pragma once

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// True for an address that can stand in a header as it is, and be no more than one address there:
/// one "@" with something on both sides, visible ASCII without the specials of RFC 5322 §3.2.3, at
/// most 254 characters (RFC 5321 §4.5.3.1.3), and no encoded word of RFC 2047 in it, which a reader
/// of the header could take for another address.
bool is_mail_address(std::string_view address) noexcept;

/// True where the domain is "invalid" or below it: no mail ever reaches it (RFC 6761 §6.4).
bool is_undeliverable(std::string_view address);

/// For logs: `b***@example.com`.
std::string masked(std::string_view address);

/// A text in which every word that has an "@" is masked, such as what a mail server has said.
std::string with_masked_addresses(std::string_view text);

}  // namespace orderflow::notifications
