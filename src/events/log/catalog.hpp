#pragma once

#include "events/log/event.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// Whether an event may leave the node that its module runs on.
enum class Visibility { published, internal };

/// What is known of one version of an event kind.
struct EventType {
  std::string kind;
  int version = 1;
  std::string owner;  ///< the module that publishes it
  Visibility visibility = Visibility::published;
  std::string schema;      ///< JSON Schema text, from the owner's contract
  TypeTag type = nullptr;  ///< the C++ type that this version is read as

  /// The members of the payload that an operator may edit in a dead letter: those that the C++ type
  /// lists as `editable`. All others must be as in the logged event.
  std::vector<std::string> editable = {};
};

/// Which nodes of a module an event of another module goes to, where modules run on several nodes.
enum class Distribution {
  one_node,   ///< one of them: the work is spread
  home_node,  ///< the one that the chain of events began on
  every_node  ///< one of them, and every other one has a copy: it knows whether the event concerns
              ///< it
};

/// A module subscribes to a kind of event that another one publishes.
struct ModuleSubscription {
  std::string module;
  std::string kind;
  Distribution distribution;
};

/// All event types of this program: reads payloads into typed bodies and serves the schemas.
/// Filled at start, read by all threads after.
class Catalog {
 public:
  using Visibility = events::Visibility;

  Catalog();

  /// Adds the type `E`, which has `kind`, `version`, nlohmann's `from_json`, and a `to_json`: best
  /// as a template, see `core::JsonText`, else nlohmann's. What may be edited in its dead letters
  /// is named by `static constexpr std::array<std::string_view, N> editable`; without it nothing
  /// is. Adding it again changes nothing. Throws `std::logic_error` where another type has its kind
  /// and version, its schema file is missing, or has no property of an editable member's name.
  template <class E>
  void add(std::string_view owner, Visibility visibility = Visibility::published) {
    add(EventType{std::string(E::kind),
                  E::version,
                  std::string(owner),
                  visibility,
                  {},
                  type_tag<E>(),
                  editable_of<E>()},
        [](const nlohmann::json& payload) -> std::shared_ptr<const void> {
          return std::make_shared<const E>(payload.get<E>());
        });
  }

  /// Subscribes `module`, wherever it is hosted, to a kind of event of another module. Repeating it
  /// changes nothing.
  void subscribe(std::string_view module, std::string_view kind,
                 Distribution distribution = Distribution::one_node);

  /// What the modules subscribe to, hosted here or not.
  const std::vector<ModuleSubscription>& module_subscriptions() const noexcept {
    return module_subscriptions_;
  }

  /// Adds a schema besides those that were compiled in.
  void add_schema(std::string_view kind, int version, std::string text);

  /// Lets payloads of an old version be read as the next one, step by step up to the newest.
  using Upcaster = std::function<nlohmann::json(nlohmann::json old)>;
  void add_upcaster(std::string_view kind, int from_version, Upcaster upcast);

  /// Reads a stored payload. Never throws for bad data: the body is then empty and has the reason.
  EventBody read(std::string_view kind, int version, std::string_view payload) const;

  /// All types, ordered by kind and version.
  std::vector<EventType> types() const;
  const EventType* find(std::string_view kind, int version) const;
  /// What may be edited in dead letters of that version; nothing where it is not known.
  const std::vector<std::string>& editable(std::string_view kind, int version) const;
  /// The schema of any version that `read` reads, the old ones too; null where there is none.
  const std::string* schema(std::string_view kind, int version) const;

 private:
  using Reader = std::shared_ptr<const void> (*)(const nlohmann::json&);
  using Key = std::pair<std::string, int>;
  struct Entry {
    EventType type;
    Reader read;
  };

  template <class E>
  static std::vector<std::string> editable_of() {
    if constexpr (requires { E::editable; }) return {E::editable.begin(), E::editable.end()};
    return {};
  }

  void add(EventType type, Reader reader);

  std::map<Key, Entry> types_;
  std::map<Key, Upcaster> upcasters_;
  std::map<Key, std::string> schemas_;
  std::vector<ModuleSubscription> module_subscriptions_;
};

}  // namespace orderflow::events
