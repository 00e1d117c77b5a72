#include "config/settings_file.hpp"

#include "config/problem.hpp"
#include "config/syntax.hpp"

#include <fstream>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace orderflow::config {
namespace {

using nlohmann::json;

constexpr std::size_t largest_file_bytes = std::size_t{1} << 20;
constexpr std::size_t deepest_level = 32;

/// Reads a text and counts what was read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* count) noexcept : at_(at), count_(count) {}
  reference operator*() const noexcept { return *at_; }
  CountingIterator& operator++() noexcept {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) noexcept {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) noexcept {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  std::size_t* count_;
};

/// Walks the text once: notes the place of each key and the first thing that is wrong.
class KeyLocations final : public nlohmann::json_sax<json> {
 public:
  explicit KeyLocations(std::string_view text) : text_(text) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    const std::size_t quoted =
        json(name).dump(-1, ' ', false, json::error_handler_t::ignore).size();
    const std::size_t start = consumed >= quoted ? consumed - quoted : 0;
    if (!level.keys.insert(name).second)
      return fail(start, "the key \"" + name + "\" is there twice");
    level.path = level.prefix.empty() ? name : level.prefix + '.' + name;
    locations.emplace(level.path, location_of(text_, start));
    return true;
  }

  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& error) override {
    const SyntaxError found = in_plain_words(text_, position, last_token, error.what());
    return fail(found.offset, found.detail);
  }

  std::size_t consumed = 0;
  std::map<std::string, std::string> locations;
  std::optional<std::pair<std::size_t, std::string>> wrong;  // where in the text, and what

 private:
  struct Level {
    std::string prefix;          // the path of the object itself
    std::string path;            // the path of its latest key
    std::set<std::string> keys;  // those seen so far
  };

  bool enter() {
    if (levels_.size() == deepest_level) {
      return fail(consumed - 1, "nested deeper than " + std::to_string(deepest_level) + " levels");
    }
    std::string prefix = levels_.empty() ? std::string{} : levels_.back().path;
    levels_.push_back({.prefix = std::move(prefix), .path = {}, .keys = {}});
    return true;
  }

  bool leave() {
    levels_.pop_back();
    return true;
  }

  bool fail(std::size_t offset, std::string detail) {
    wrong.emplace(offset, std::move(detail));
    return false;
  }

  std::string_view text_;
  std::vector<Level> levels_;
};

[[noreturn]] void refuse(std::string where, std::string detail) {
  throw Invalid({{.where = std::move(where), .key = {}, .detail = std::move(detail)}});
}

}  // namespace

std::string SettingsFile::where(const std::string& path) const {
  const auto location = locations.find(path);
  return location == locations.end() ? name : name + ':' + location->second;
}

SettingsFile parse_settings(std::string_view text, std::string name) {
  // The parser takes one for the end and would leave what follows unread.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    refuse(name + ':' + location_of(text, nul), "a NUL is not allowed");
  }
  KeyLocations walk{text};
  const CountingIterator first{text.data(), &walk.consumed};
  const CountingIterator last{text.data() + text.size(), &walk.consumed};
  const bool strict = true;
  const bool ignore_comments = true;
  const bool sound =
      json::sax_parse(first, last, &walk, json::input_format_t::json, strict, ignore_comments);
  if (!sound) {
    refuse(name + ':' + location_of(text, walk.wrong->first), std::move(walk.wrong->second));
  }
  json value = json::parse(text, nullptr, true, ignore_comments);
  if (!value.is_object()) {
    refuse(name + ":1:1", "expected an object, { ... }, around all settings");
  }
  return {
      .name = std::move(name), .value = std::move(value), .locations = std::move(walk.locations)};
}

SettingsFile read_settings(const std::filesystem::path& path) {
  // A folder opens like a file and fails only when read.
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) {
    refuse(path.string(), "is a folder, expected a file");
  }
  std::ifstream file{path, std::ios::binary};
  if (!file) refuse(path.string(), "the file cannot be read: it is missing or access is denied");
  std::string text(largest_file_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) refuse(path.string(), "reading the file failed");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > largest_file_bytes) refuse(path.string(), "the file is larger than 1 MiB");
  return parse_settings(text, path.string());
}

}  // namespace orderflow::config
