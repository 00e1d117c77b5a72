#include "http/message/target.hpp"

#include "core/utf8.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <utility>

namespace orderflow::http {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Makes an origin-form of an absolute-form; an empty path is "/" (RFC 9112 §3.2.1).
bool take_authority(Request& request) {
  const auto url = boost::urls::parse_absolute_uri(request.target);
  if (!url) return false;
  const bool is_http = url->scheme_id() == boost::urls::scheme::http ||
                       url->scheme_id() == boost::urls::scheme::https;
  if (!is_http || !url->has_authority() || url->has_userinfo() || url->encoded_host().empty()) {
    return false;
  }
  const auto text_of = [](boost::urls::string_view part) {
    return std::string(part.data(), part.size());
  };
  std::string origin_form = text_of(url->encoded_path());
  if (origin_form.empty()) origin_form = "/";
  if (url->has_query()) origin_form += "?" + text_of(url->encoded_query());
  request.target_authority = text_of(url->encoded_host_and_port());
  request.target = std::move(origin_form);
  return true;
}

bool has_nul(std::string_view decoded) noexcept {
  return decoded.find('\0') != std::string_view::npos;
}

/// UTF-8 without NUL, as every name is.
bool is_name(std::string_view decoded) noexcept {
  return core::is_utf8(decoded) && !has_nul(decoded);
}

}  // namespace

std::string_view encoded_path(std::string_view target) noexcept {
  return target.substr(0, target.find('?'));
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) {
      decoded.push_back(text[i]);
      continue;
    }
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

bool parse_target(Request& request) {
  if (!request.target.starts_with('/') && !take_authority(request)) return false;
  const auto url = boost::urls::parse_origin_form(request.target);
  if (!url) return false;
  request.path = percent_decoded(encoded_path(request.target));
  if (!is_name(request.path)) return false;
  if (!url->has_query()) return true;
  const boost::urls::encoding_opts plus_is_space{true};
  for (const auto& parameter : url->encoded_params()) {
    if (parameter.key.empty() && !parameter.has_value) continue;
    request.query.emplace_back(parameter.key.decode(plus_is_space),
                               parameter.value.decode(plus_is_space));
    const auto& [name, value] = request.query.back();
    if (!is_name(name) || has_nul(value)) return false;
  }
  return true;
}

}  // namespace orderflow::http
