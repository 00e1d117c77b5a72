#include "publication.hpp"

#include "core/digest.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::app {
namespace {

constexpr std::size_t etag_length = 32;

/// Whether an If-None-Match holds the tag, compared weakly (RFC 9110 §13.1.2).
bool holds(std::string_view tags, std::string_view etag) {
  if (tags == "*") return true;
  while (!tags.empty()) {
    const std::size_t end = std::min(tags.find(','), tags.size());
    std::string_view tag = tags.substr(0, end);
    tags.remove_prefix(std::min(end + 1, tags.size()));
    while (tag.starts_with(' ') || tag.starts_with('\t'))
      tag.remove_prefix(1);
    while (tag.ends_with(' ') || tag.ends_with('\t'))
      tag.remove_suffix(1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

}  // namespace

Publication publication(std::string_view content_type, std::string body, http::Fields headers) {
  std::string etag = "\"" + core::sha256_hex(body).substr(0, etag_length) + "\"";
  return {std::string(content_type), std::move(body), std::move(etag), std::move(headers)};
}

http::Response answer(const http::Request& request, const Publication& publication) {
  http::Response response;
  response.headers = publication.headers;
  response.headers.emplace_back("ETag", publication.etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  if (holds(request.header("if-none-match").value_or(""), publication.etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = publication.content_type;
  response.body = publication.body;
  return response;
}

}  // namespace orderflow::app
