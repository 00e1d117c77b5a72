#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A state of a payment or a refund as clients see it: "CAPTURED".
inline std::string shown(std::string_view state) {
  std::string text(state);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

}  // namespace orderflow::billing
