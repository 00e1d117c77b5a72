#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::architecture {

/// A function, or a test, as it stands in a source.
struct FunctionSize {
  std::string name;       ///< as it is defined: "Session::answer"; of a test its title
  std::size_t lines = 0;  ///< of its body

  friend bool operator==(const FunctionSize&, const FunctionSize&) = default;
};

/// The functions of a C++ text as clang-format writes it: a body ends with the first `}` that
/// stands as deep as the function's first line. Functions inside of functions are not listed.
std::vector<FunctionSize> functions_of(std::string_view text);

}  // namespace orderflow::architecture
