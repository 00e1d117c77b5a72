#pragma once

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// A body as quoted-printable (RFC 2045 §6.7): lines of at most 76 characters that end in CRLF.
/// Line ends of the input, \n or \r\n, stay line ends; every other control character is encoded.
std::string quoted_printable(std::string_view text);

/// A header's unstructured text: as it is where it is short printable ASCII, else as encoded words
/// (RFC 2047), folded so that no line exceeds 76 characters where the header's name has up to
/// `name_length` characters. `text` is UTF-8 without control characters.
std::string header_text(std::string_view text, std::size_t name_length);

/// A display name before an address: quoted (RFC 5322 §3.2.4), or as encoded words.
std::string header_phrase(std::string_view text, std::size_t name_length);

}  // namespace orderflow::notifications
