#pragma once

#include "http/message.hpp"

#include <string>
#include <string_view>

namespace orderflow::app {

/// A text that a node serves as it is, with its entity tag.
struct Publication {
  std::string content_type;
  std::string body;
  std::string etag;  ///< in quotes, as it is sent
  http::Fields headers = {};
};
Publication publication(std::string_view content_type, std::string body, http::Fields headers = {});

/// The publication, or 304 where the client has it (If-None-Match, RFC 9110 §13.1.2).
http::Response answer(const http::Request& request, const Publication& publication);

}  // namespace orderflow::app
