#include "http/routing/preconditions.hpp"

#include "http/routing/request_checks.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::http {
namespace {

enum class Comparison { strong, weak };

/// Takes the next entity tag (RFC 9110 §8.8.3) off a list; a quoted tag may hold commas. Where
/// there is no valid tag it returns the text up to the next comma, which matches none of ours.
std::string_view take_tag(std::string_view& list) noexcept {
  const std::size_t start = std::min(list.find_first_not_of(" \t,"), list.size());
  list.remove_prefix(start);
  const std::size_t opaque = list.starts_with("W/") ? 2 : 0;
  std::size_t end = list.find(',');
  if (list.substr(opaque).starts_with('"')) {
    const std::size_t close = list.find('"', opaque + 1);
    end = close == std::string_view::npos ? close : close + 1;
  }
  const std::string_view tag = list.substr(0, end);
  list.remove_prefix(tag.size());
  return tag.substr(0, tag.find_last_not_of(" \t") + 1);
}

bool is_same(std::string_view tag, std::string_view etag, Comparison comparison) noexcept {
  if (etag.empty()) return false;
  if (comparison == Comparison::strong) return tag == etag && !tag.starts_with("W/");
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return tag == etag;
}

/// What a condition by tags names; nothing where the request has no such header.
struct Tags {
  bool any = false;  ///< `*`
  bool ours = false;
};

std::optional<Tags> tags_of(const Request& request, std::string_view name, std::string_view etag,
                            Comparison comparison) noexcept {
  std::optional<Tags> tags;
  for (const auto& [field, value] : request.headers) {
    if (field != name) continue;
    if (!tags) tags.emplace();
    for (std::string_view list = value; !list.empty();) {
      const std::string_view tag = take_tag(list);
      tags->any = tags->any || tag == "*";
      tags->ours = tags->ours || is_same(tag, etag, comparison);
    }
  }
  return tags;
}

Problem precondition_failed(std::string detail) {
  return {412, "precondition-failed", "A precondition is not met", std::move(detail)};
}

std::string etag_of(const Response& response) {
  const auto found = std::ranges::find_if(response.headers, [](const auto& header) {
    return boost::beast::iequals(header.first, "ETag");
  });
  return found == response.headers.end() ? std::string() : found->second;
}

/// A 304 in place of an answer that the client has already (RFC 9110 §15.4.5).
void make_not_modified(Response& response) {
  response.status = 304;
  response.content_type.clear();
  response.body.clear();
  response.stream.reset();
}

}  // namespace

std::optional<Refusal> check_preconditions(const Request& request) {
  if (is_safe(request.method)) return std::nullopt;
  const auto match = tags_of(request, "if-match", {}, Comparison::strong);
  if (match && !match->any) {
    return Refusal{
        precondition_failed("If-Match names an entity tag that this resource does not have.")};
  }
  if (!match && request.header("if-unmodified-since")) {
    return Refusal{
        precondition_failed("If-Unmodified-Since is not evaluated here, so nothing was changed.")};
  }
  const auto none = tags_of(request, "if-none-match", {}, Comparison::weak);
  if (none && none->any) {
    return Refusal{precondition_failed("If-None-Match is *, and the resource is there.")};
  }
  return std::nullopt;
}

void apply_preconditions(const Request& request, Response& response) {
  if (!is_safe(request.method) || response.status < 200 || response.status > 299) return;
  const std::string etag = etag_of(response);
  const auto match = tags_of(request, "if-match", etag, Comparison::strong);
  if (match && !match->any && !match->ours) {
    response = problem_response(
        request, precondition_failed("If-Match names no entity tag that this resource has now."));
    return;
  }
  const auto none = tags_of(request, "if-none-match", etag, Comparison::weak);
  if (none && (none->any || none->ours)) make_not_modified(response);
}

}  // namespace orderflow::http
