#pragma once

#include <string>
#include <utility>
#include <vector>

namespace orderflow::notifications {

/// A mail taken apart, for tests; written against the RFCs and not against `format_mail`.
struct ParsedMail {
  struct Part {
    std::string type;  ///< the Content-Type header
    std::string body;  ///< decoded, line ends \n
  };
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< unfolded, encoded words as they are
  std::vector<Part> parts;

  /// The only header of that name; throws where there is none or more than one.
  const std::string& header(const std::string& name) const;
};

/// Throws `std::runtime_error` that names what breaks the rules: a line end that is not CRLF, a
/// line over 998 characters, a byte that is not ASCII, a header without a colon, a missing
/// boundary.
ParsedMail parse_mail(const std::string& bytes);

/// Undoes RFC 2045 §6.7.
std::string decode_quoted_printable(const std::string& text);

}  // namespace orderflow::notifications
