#pragma once

#include "http/message/message.hpp"

#include <string>
#include <string_view>

namespace orderflow::api_docs {

/// A text that a node serves as it is, with its entity tag.
struct Publication {
  std::string content_type;
  std::string body;
  std::string etag;  ///< in quotes, as it is sent
  http::Fields headers = {};
};
Publication publication(std::string_view content_type, std::string body, http::Fields headers = {});

/// The publication with its tag, by which the server recognises a client that has it.
http::Response answer(const Publication& publication);

}  // namespace orderflow::api_docs
