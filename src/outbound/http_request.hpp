#pragma once

#include "core/clock.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::outbound {

/// How much of an answer its caller needs.
enum class AnswerNeed {
  whole,  ///< status, headers and body: an answer that is cut is none
  status  ///< the status alone, final once its line has come (RFC 9112 §4)
};

/// A request to another HTTP server.
struct HttpRequest {
  std::string method = "POST";                                 ///< a token
  std::string url;                                             ///< absolute, http or https
  std::vector<std::pair<std::string, std::string>> headers{};  ///< no control characters
  std::string body{};
  core::Duration timeout = std::chrono::seconds{30};  ///< for all of it; more than 0
  std::size_t answer_bytes_max = std::size_t{1} << 20;
  AnswerNeed need = AnswerNeed::whole;
};

struct HttpAnswer {
  unsigned status = 0;
  std::map<std::string, std::string, std::less<>>
      headers{};       ///< names in lower case; the last value; UTF-8
  std::string body{};  ///< empty where the status is all that is needed

  std::optional<std::string_view> header(std::string_view name) const {
    const auto found = headers.find(name);
    if (found == headers.end()) return std::nullopt;
    return found->second;
  }
};

/// The moment that a `Retry-After` header names, seconds or a date (RFC 9110 §10.2.3), but no later
/// than `longest` from now. Nothing where there is none, or none that can be read.
std::optional<core::Timestamp> retry_after(const HttpAnswer& answer, core::Timestamp now,
                                           core::Duration longest);

}  // namespace orderflow::outbound
