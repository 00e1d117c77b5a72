#pragma once

#include "core/clock.hpp"

#include <string>

namespace orderflow::http {

/// `Sun, 06 Nov 1994 08:49:37 GMT`: the date of an answer (RFC 9110 §5.6.7), formatted once a
/// second for all answers of a thread. Not safe for concurrent use: each thread has its own.
class HttpDate {
 public:
  const std::string& at(core::Timestamp time);

 private:
  std::chrono::sys_seconds second_{};
  std::string text_;
};

}  // namespace orderflow::http
