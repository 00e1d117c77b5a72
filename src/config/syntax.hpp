#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::config {

/// Where a text stops being JSON, and why.
struct SyntaxError {
  std::size_t offset;  ///< byte of the text, from 0
  std::string detail;  ///< what was expected and what was found, in plain words
};

/// `line:column` of a byte, both counted from 1, columns in characters of UTF-8.
std::string location_of(std::string_view text, std::size_t offset);

/// Puts an error of the JSON parser into plain words. `position` is the count of bytes that the
/// parser has read, `last_token` what it read last, `message` the text of its exception.
SyntaxError in_plain_words(std::string_view text, std::size_t position, std::string_view last_token,
                           std::string_view message);

}  // namespace orderflow::config
