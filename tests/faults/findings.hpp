#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace orderflow::test {

/// What an inspection found wrong, by kind: how often, and the first few in words.
class Findings {
 public:
  void add(const std::string& kind, const std::string& what) {
    Found& found = found_[kind];
    if (++found.count <= shown_max) found.shown += "  " + kind + ": " + what + "\n";
  }

  void add_all(const Findings& others) {
    for (const auto& [kind, other] : others.found_) {
      found_[kind].count += other.count;
      found_[kind].shown += other.shown;
    }
  }

  std::size_t count(const std::string& kind) const {
    const auto found = found_.find(kind);
    return found == found_.end() ? 0 : found->second.count;
  }

  bool empty() const noexcept { return found_.empty(); }

  /// One line for each that is shown; empty where nothing was found.
  std::string to_text() const {
    std::string text;
    for (const auto& [kind, found] : found_)
      text += std::to_string(found.count) + " " + kind + "\n" + found.shown;
    return text;
  }

 private:
  static constexpr std::size_t shown_max = 5;

  struct Found {
    std::size_t count = 0;
    std::string shown;
  };
  std::map<std::string, Found> found_;
};

}  // namespace orderflow::test
