#pragma once

#include <cstddef>

namespace orderflow::storage {

/// Rows that one read may look at where no index has which are wanted: some milliseconds, for
/// others wait for the thread meanwhile. What is left is for another read; so a page of a list may
/// be short, or empty, and still have a next one.
constexpr std::size_t rows_looked_at_max = 2'000;

}  // namespace orderflow::storage
