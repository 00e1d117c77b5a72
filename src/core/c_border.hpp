#pragma once

#include <exception>
#include <utility>

/// Between our code and a C library that calls it back (libcurl, SQLite, OpenSSL). An exception
/// that left a callback would unwind the library's frames, which do not expect it: with its locks
/// held and its state half changed.
namespace orderflow::core {

/// A callback as a C library is given it. The compiler refuses one that is not `noexcept`.
template <class Result, class... Arguments>
constexpr auto never_throws(Result (*callback)(Arguments...) noexcept) noexcept
    -> Result (*)(Arguments...) {
  return callback;
}

/// What `body` returns, or `failed` where it throws: how the library learns that a call has failed.
/// Where `thrown` is given, what was thrown is kept there, for whoever has called the library to
/// throw on.
template <class Result, class Body>
Result at_c_border(Result failed, Body&& body, std::exception_ptr* thrown = nullptr) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    if (thrown != nullptr) *thrown = std::current_exception();
    return failed;
  }
}

}  // namespace orderflow::core
