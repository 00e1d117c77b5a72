#include "events/log/forbidden_edit.hpp"

#include "core/json_pointer.hpp"

#include <algorithm>

namespace orderflow::events {
namespace {

using nlohmann::json;

constexpr std::size_t changes_max = 20;

/// Numbers by their text: as numbers 9007199254740993 and 9007199254740992.0 would be the same.
bool are_same(const json& logged, const json& edited) {
  if (logged.is_number() && edited.is_number()) return logged.dump() == edited.dump();
  return logged == edited;
}

class Comparison {
 public:
  explicit Comparison(const std::vector<std::string>& editable) : editable_(editable) {}

  core::FieldErrors run(const json& logged, const json& edited) {
    compare(logged, edited, "");
    return std::move(changes_);
  }

 private:
  bool is_full() const noexcept { return changes_.size() >= changes_max; }

  bool is_editable(const std::string& parent, const std::string& name) const {
    return parent.empty() && std::ranges::find(editable_, name) != editable_.end();
  }

  void report(std::string pointer, const char* detail) {
    if (!is_full()) changes_.push_back({std::move(pointer), detail});
  }

  void compare(const json& logged, const json& edited, const std::string& pointer) {
    if (is_full()) return;
    if (logged.is_object() && edited.is_object()) {
      compare_members(logged, edited, pointer);
    } else if (logged.is_array() && edited.is_array() && logged.size() == edited.size()) {
      for (std::size_t i = 0; i < logged.size() && !is_full(); ++i)
        compare(logged[i], edited[i], core::pointer_to(pointer, std::to_string(i)));
    } else if (!are_same(logged, edited)) {
      report(pointer, "may not be edited: it must be as in the logged event");
    }
  }

  void compare_members(const json& logged, const json& edited, const std::string& pointer) {
    for (auto member = logged.begin(); member != logged.end() && !is_full(); ++member) {
      if (is_editable(pointer, member.key())) continue;
      const auto now = edited.find(member.key());
      const std::string at = core::pointer_to(pointer, member.key());
      if (now == edited.end()) {
        report(at, "may not be removed: it is in the logged event");
      } else {
        compare(*member, *now, at);
      }
    }
    for (auto member = edited.begin(); member != edited.end() && !is_full(); ++member) {
      if (is_editable(pointer, member.key()) || logged.contains(member.key())) continue;
      report(core::pointer_to(pointer, member.key()),
             "may not be added: it is not in the logged event");
    }
  }

  const std::vector<std::string>& editable_;
  core::FieldErrors changes_;
};

}  // namespace

core::FieldErrors forbidden_changes(const json& logged, const json& edited,
                                    const std::vector<std::string>& editable) {
  return Comparison(editable).run(logged, edited);
}

}  // namespace orderflow::events
