#include "core/json_document.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace orderflow::core {
namespace {

/// What can be found out about a document before it is parsed.
struct Outline {
  int depth = 0;            ///< the deepest nesting of brackets
  std::size_t members = 0;  ///< colons outside strings: names in all objects together
};

Outline outline_of(std::string_view text) noexcept {
  Outline outline;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      outline.depth = std::max(outline.depth, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ':') {
      ++outline.members;
    }
  }
  return outline;
}

std::size_t members_of(const nlohmann::json& document) {
  std::size_t count = document.is_object() ? document.size() : 0;
  if (document.is_structured()) {
    for (const auto& part : document)
      count += members_of(part);
  }
  return count;
}

/// Finds a name that stands twice in one object: the parser silently keeps the last one.
std::string name_given_twice(std::string_view body) {
  std::vector<std::set<std::string>> open;
  std::string twice;
  const auto see = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) {
      open.emplace_back();
    } else if (event == Event::object_end) {
      open.pop_back();
    } else if (event == Event::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!open.back().insert(name).second) twice = name;
    }
    return true;
  };
  std::ignore = nlohmann::json::parse(body, see);
  return twice;
}

/// The parser's own words, without its identifier: "[json.exception.parse_error.101] parse error
/// …".
std::string plain_words(std::string_view what) {
  const auto end = what.find("] ");
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

}  // namespace

boost::system::result<nlohmann::json, JsonError> parse_json_document(std::string_view text,
                                                                     int depth_max) {
  const Outline outline = outline_of(text);
  if (outline.depth > depth_max) {
    return JsonError{"the document is nested deeper than " + std::to_string(depth_max) + " levels"};
  }
  // The parser takes one for the end and would leave what follows unread.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return JsonError{"byte " + std::to_string(nul + 1) + " is a NUL"};
  }
  try {
    auto document = nlohmann::json::parse(text);
    if (members_of(document) != outline.members) {
      return JsonError{"the name \"" + name_given_twice(text) + "\" occurs twice in one object"};
    }
    return {boost::system::in_place_value, std::move(document)};
  } catch (const nlohmann::json::exception& e) {
    return JsonError{plain_words(e.what())};
  }
}

}  // namespace orderflow::core
