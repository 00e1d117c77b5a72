#include "rules.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace orderflow::architecture {
namespace {

/// What a folder of src may use besides itself.
const std::map<std::string, std::set<std::string, std::less<>>, std::less<>> allowed_by_folder{
    {"core", {}},
    {"telemetry", {"core"}},
    {"config", {"core"}},
    {"storage", {"core", "telemetry"}},
    {"events", {"core", "telemetry", "storage"}},
    {"http", {"core", "telemetry"}},
    {"access", {"core", "telemetry", "storage", "http"}},
    {"bridge", {"core", "telemetry", "config", "storage", "events"}},
    {"rabbitmq", {"core", "telemetry", "config", "storage", "events", "bridge"}},
    {"outbound", {"core", "telemetry"}},
    {"cli", {"core", "outbound"}},
    {"host", {"core", "telemetry", "config", "storage", "events", "http", "outbound"}},
    {"monitoring", {"core", "telemetry", "storage", "events", "http", "bridge", "host"}},
    {"admin", {"core", "telemetry", "storage", "events", "http", "outbound", "host", "monitoring"}},
    {"event_api", {"core", "events", "http", "host"}},
    {"key_admin", {"core", "telemetry", "storage", "events", "http", "access", "cli", "host"}},
    {"api_docs", {"core", "config", "events", "http", "bridge", "rabbitmq", "host"}},
    {"doctor", {"core", "storage", "events", "host"}},
    {"app",
     {"core", "telemetry", "config", "storage", "events", "http", "access", "outbound", "bridge",
      "rabbitmq", "cli", "host", "monitoring", "admin", "event_api", "key_admin", "api_docs"}},
    {"commands",
     {"core", "telemetry", "config", "storage", "events", "access", "bridge", "rabbitmq", "cli",
      "host", "key_admin", "api_docs", "doctor", "app"}},
};

/// What a room inside of a folder may use of that folder besides itself. What stands in the folder
/// itself puts its rooms together: it uses all of them, and none of them uses it.
const std::map<std::string, std::set<std::string, std::less<>>, std::less<>> allowed_by_room{
    {"events/log", {}},
    {"events/records", {"log"}},
    {"events/turn", {"log"}},
    {"events/delivery", {"log", "records", "turn"}},
    {"events/effects", {"log", "records", "turn", "delivery"}},
    {"events/operations", {"log", "records", "delivery"}},
    {"events/integrity", {"log", "records", "delivery", "operations"}},
    {"events/remote", {"log", "delivery"}},
    {"http/message", {}},
    {"http/routing", {"message"}},
    {"cli/terminal", {}},
    {"bridge/message", {}},
    {"bridge/connection", {}},
    {"rabbitmq/client", {}},
    {"commands/config", {}},
    {"commands/client", {"config"}},
    {"commands/orders", {"client"}},
    {"commands/events", {"client", "orders"}},
    {"commands/keys", {"config", "client"}},
    {"commands/node", {"config", "client", "events"}},
    {"commands/database", {"client"}},
    {"commands/bridge", {"config"}},
    {"commands/demo", {"client"}},
    {"commands/guide", {}},
};

/// The same for the rooms of a module. A module that has any lists all of them; contracts are no
/// rooms. A module whose folders depend on each other both ways is not listed.
const std::map<std::string, std::set<std::string, std::less<>>, std::less<>> allowed_by_module_room{
    {"billing/books", {}},
    {"billing/gateway", {}},
    {"billing/fraud", {"books"}},
    {"billing/settling", {"books", "gateway"}},
    {"billing/effects", {"books", "gateway", "settling"}},
    {"billing/card", {"gateway"}},
    {"billing/gateway_events", {"books", "gateway", "settling", "card"}},
    {"notifications/notification", {}},
    {"notifications/composing", {"notification"}},
    {"notifications/mail", {"notification"}},
    {"notifications/preferences", {"notification", "composing"}},
};

/// What a module may use of src.
const std::set<std::string, std::less<>> allowed_to_modules{
    "core", "telemetry", "config", "storage", "events", "http", "outbound", "host"};

/// The first two parts of a path, and what is behind them.
struct Parts {
  std::string_view first;
  std::string_view second;  // empty where the path has one part only
  std::string_view rest;
};

std::pair<std::string_view, std::string_view> split(std::string_view path) noexcept {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, {}};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

Parts parts_of(std::string_view path) noexcept {
  const auto [first, behind_first] = split(path);
  const auto [second, rest] = split(behind_first);
  return {.first = first, .second = second, .rest = rest};
}

std::string at(const SourceFile& file, const Include& include) {
  return file.path + ':' + std::to_string(include.line) + ": ";
}

/// A target of ours: a folder of src or a module that it names first, and the part behind.
struct OwnTarget {
  std::string_view owner;
  std::string_view behind;
  bool is_module;
};

std::optional<OwnTarget> own_target(const SourceTree& tree, std::string_view target) {
  for (const std::string_view root : {"src/", "modules/"}) {
    if (target.starts_with(root)) target.remove_prefix(root.size());
  }
  const auto [owner, behind] = split(target);
  if (behind.empty()) return std::nullopt;
  if (tree.modules.contains(std::string(owner))) {
    return OwnTarget{.owner = owner, .behind = behind, .is_module = true};
  }
  if (allowed_by_folder.contains(owner)) {
    return OwnTarget{.owner = owner, .behind = behind, .is_module = false};
  }
  return std::nullopt;
}

/// The room inside of a folder that a path below it is in: "log" of "log/event.hpp". Empty where it
/// is in none.
std::string_view room_of(std::string_view path) noexcept {
  const auto [room, behind] = split(path);
  return behind.empty() ? std::string_view{} : room;
}

std::optional<std::string> refused_in_folder(std::string_view folder, std::string_view room,
                                             std::string_view used) {
  if (room.empty() || room == used) return std::nullopt;
  const std::string name = std::string(folder) + "/" + std::string(room);
  const auto allowed = allowed_by_room.find(name);
  if (allowed == allowed_by_room.end()) return "src/" + name + " has no place among the arrows";
  if (allowed->second.contains(used)) return std::nullopt;
  return "src/" + name + " may not use " +
         (used.empty() ? "what puts the rooms together" : std::string(used));
}

std::optional<std::string> refused_in_src(const SourceFile& file, const Parts& place,
                                          const OwnTarget& target) {
  const std::string_view folder = place.second;
  if (folder == "app" && target.is_module) {
    if (target.behind == "module.hpp") return std::nullopt;
    return "app uses of a module its module.hpp alone";
  }
  const auto allowed = allowed_by_folder.find(folder);
  if (allowed == allowed_by_folder.end()) {
    return "src/" + std::string(folder) + " has no place among the arrows";
  }
  if (!target.is_module) {
    if (target.owner == folder) {
      return refused_in_folder(folder, room_of(place.rest), room_of(target.behind));
    }
    if (allowed->second.contains(target.owner)) return std::nullopt;
    // The program begins with its command line, which runs the rest.
    if (file.path == "src/app/main.cpp" && target.owner == "commands") return std::nullopt;
  }
  return "src/" + std::string(folder) + " may not use " + std::string(target.owner);
}

bool has_rooms(std::string_view module) noexcept {
  return std::ranges::any_of(allowed_by_module_room,
                             [&](const auto& room) { return split(room.first).first == module; });
}

/// `used` is the plain name of a file of the same module, such as "books/payment.hpp".
std::optional<std::string> refused_in_module_room(const SourceTree& tree, const Parts& place,
                                                  std::string_view used) {
  const std::string folder = "modules/" + std::string(place.second) + "/";
  const std::string_view room = room_of(place.rest);
  const bool is_own = tree.paths.contains(folder + std::string(used));
  if (room.empty() || !is_own || !has_rooms(place.second) || room == room_of(used)) {
    return std::nullopt;
  }
  const auto allowed =
      allowed_by_module_room.find(std::string(place.second) + "/" + std::string(room));
  if (allowed == allowed_by_module_room.end()) {
    return folder + std::string(room) + " has no place among the arrows";
  }
  if (allowed->second.contains(room_of(used))) return std::nullopt;
  return folder + std::string(room) + " may not use " +
         (room_of(used).empty() ? "what puts the rooms together" : std::string(room_of(used)));
}

std::optional<std::string> refused_in_module(std::string_view module, const OwnTarget& target) {
  if (target.is_module) {
    if (target.owner == module || target.behind.starts_with("contract/")) return std::nullopt;
    return "of another module only the contract may be used";
  }
  if (allowed_to_modules.contains(target.owner)) return std::nullopt;
  return "a module may not use " + std::string(target.owner);
}

std::optional<std::string> refused_in_contract(std::string_view module,
                                               const std::optional<OwnTarget>& target,
                                               const Include& include) {
  if (target) {
    const bool is_own = target->is_module && target->owner == module;
    if (target->owner == "core" || (is_own && target->behind.starts_with("contract/"))) {
      return std::nullopt;
    }
  } else if (include.target.find(".hpp") == std::string::npos ||
             include.target.find('/') != std::string::npos) {
    return std::nullopt;  // a library's
  }
  return "a contract uses core and contracts of its own module alone";
}

std::optional<std::string> refused(const SourceTree& tree, const SourceFile& file,
                                   const Include& include) {
  const Parts place = parts_of(file.path);
  const auto target = own_target(tree, include.target);
  if (place.first == "src" && !place.rest.empty()) {
    return target ? refused_in_src(file, place, *target) : std::nullopt;
  }
  if (place.first != "modules" || place.rest.empty()) return std::nullopt;
  if (place.rest.starts_with("contract/")) {
    return refused_in_contract(place.second, target, include);
  }
  return target ? refused_in_module(place.second, *target)
                : refused_in_module_room(tree, place, include.target);
}

bool is_relative(std::string_view target) noexcept {
  return target.starts_with("./") || target.starts_with("../") ||
         target.find("/../") != std::string_view::npos;
}

std::optional<std::string> wrong_form(const SourceTree& tree, const SourceFile& file,
                                      const Include& include) {
  if (is_relative(include.target)) return "relative paths are not allowed";
  const Parts place = parts_of(file.path);
  if (place.first != "modules" || place.rest.empty()) return std::nullopt;
  if (include.target.starts_with("contract/")) {
    return "a contract is included as <module>/contract/<file>";
  }
  const auto target = own_target(tree, include.target);
  if (target && target->is_module && target->owner == place.second &&
      !target->behind.starts_with("contract/")) {
    return "a module's own file is included by its plain name";
  }
  return std::nullopt;
}

template <class Refuse>
Violations check_includes(const SourceTree& tree, Refuse refuse) {
  Violations violations;
  for (const SourceFile& file : tree.files) {
    for (const Include& include : file.includes) {
      if (const auto reason = refuse(file, include)) {
        violations.push_back(at(file, include) + include.target + ": " + *reason);
      }
    }
  }
  return violations;
}

}  // namespace

Violations check_arrows(const SourceTree& tree) {
  return check_includes(tree, [&](const SourceFile& file, const Include& include) {
    return refused(tree, file, include);
  });
}

Violations check_include_forms(const SourceTree& tree) {
  return check_includes(tree, [&](const SourceFile& file, const Include& include) {
    return wrong_form(tree, file, include);
  });
}

Violations check_libraries(const SourceTree& tree) {
  using Reason = std::optional<std::string>;
  return check_includes(tree, [](const SourceFile& file, const Include& include) -> Reason {
    if (!is_product(file)) return std::nullopt;
    if (include.target.starts_with("boost/beast") && !is_in(file, "src/http")) {
      return "Beast belongs to src/http alone";
    }
    if (include.target == "sqlite3.h" && !is_in(file, "src/storage")) {
      return "SQLite belongs to src/storage alone";
    }
    const std::string_view target = include.target;
    if ((target.starts_with("amqp") || target.starts_with("rabbitmq-c/")) &&
        !is_in(file, "src/rabbitmq")) {
      return "rabbitmq-c belongs to src/rabbitmq alone";
    }
    return std::nullopt;
  });
}

Violations check_all(const SourceTree& tree) {
  Violations all;
  for (const auto check :
       {check_arrows, check_include_forms, check_libraries, check_schema_statements,
        check_event_tables, check_composition, check_names, check_callbacks}) {
    std::ranges::move(check(tree), std::back_inserter(all));
  }
  return all;
}

}  // namespace orderflow::architecture
