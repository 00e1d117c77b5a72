#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::config {

/// What a text may be. Lengths are counted in characters of UTF-8. Control characters and bytes
/// that are not UTF-8 are never allowed.
struct TextRule {
  std::size_t min_length = 0;
  std::size_t max_length = 1024;
  std::vector<std::string> allowed = {};  ///< where not empty: exactly these, whatever their length
};

/// A text of which a part may be a secret, such as the password in a URL.
struct SecretPart {
  /// The text with its secret part masked; nothing where it has none. Masks rather too much than
  /// too little, for it is given what people mistype too.
  std::function<std::optional<std::string>(const std::string&)> mask;
  std::string belongs;  ///< where people are to give the secret: "in the environment as …"
};

/// What a list of texts may be.
struct TextsRule {
  std::size_t min_count = 0;
  std::size_t max_count = 1000;
  TextRule each = {.min_length = 1, .max_length = 256};
};

/// What an object of whole numbers may be.
struct IntegersRule {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::size_t max_count = 1000;
  TextRule name = {.min_length = 1, .max_length = 128};
};

}  // namespace orderflow::config
