#include "events/log/catalog.hpp"

#include "events/log/embedded_schemas.hpp"

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

namespace orderflow::events {
namespace {

std::string name_of(std::string_view kind, int version) {
  return std::string(kind) + ".v" + std::to_string(version);
}

/// Refuses what JSON allows and no event has. To turn such a number into a whole one is undefined,
/// or silently gives another.
void require_readable(const nlohmann::json& value, int levels_left) {
  constexpr double beyond = 9'223'372'036'854'775'808.0;
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (number >= beyond || number < -beyond) throw std::range_error("a number is too large");
  } else if (value.is_number_unsigned()) {
    if (value.get<std::uint64_t>() > largest) throw std::range_error("a number is too large");
  } else if (value.is_structured()) {
    if (levels_left == 0) throw std::length_error("it is nested too deep");
    for (const auto& part : value)
      require_readable(part, levels_left - 1);
  }
}

constexpr int levels_max = 64;

/// A name that is misspelt would never be met.
void require_known(const EventType& type) {
  if (type.editable.empty()) return;
  const auto schema = nlohmann::json::parse(type.schema);
  const auto properties = schema.value("properties", nlohmann::json::object());
  for (const std::string& member : type.editable) {
    if (properties.contains(member)) continue;
    throw std::logic_error("the schema of event " + name_of(type.kind, type.version) +
                           " has no property " + member + ", which is marked as editable");
  }
}

}  // namespace

Catalog::Catalog() {
  for (EmbeddedSchema& schema : embedded_schemas()) {
    schemas_.emplace(Key{std::move(schema.kind), schema.version}, std::move(schema.text));
  }
}

void Catalog::add(EventType type, Reader reader) {
  const Key key{type.kind, type.version};
  if (const auto known = types_.find(key); known != types_.end()) {
    if (known->second.type.type == type.type) return;
    throw std::logic_error("two types for event " + name_of(type.kind, type.version));
  }
  const auto schema = schemas_.find(key);
  if (schema == schemas_.end()) {
    throw std::logic_error("no schema file for event " + name_of(type.kind, type.version));
  }
  type.schema = schema->second;
  require_known(type);
  types_.emplace(key, Entry{std::move(type), reader});
}

void Catalog::subscribe(std::string_view module, std::string_view kind, Distribution distribution) {
  for (const ModuleSubscription& known : module_subscriptions_) {
    if (known.module != module || known.kind != kind) continue;
    if (known.distribution == distribution) return;
    throw std::logic_error(std::string(module) + " subscribes to " + std::string(kind) +
                           " in two ways");
  }
  module_subscriptions_.push_back({std::string(module), std::string(kind), distribution});
}

void Catalog::add_schema(std::string_view kind, int version, std::string text) {
  schemas_.insert_or_assign(Key{std::string(kind), version}, std::move(text));
}

void Catalog::add_upcaster(std::string_view kind, int from_version, Upcaster upcast) {
  const Key key{std::string(kind), from_version};
  if (!upcasters_.emplace(key, std::move(upcast)).second) {
    throw std::logic_error("two upcasters for event " + name_of(kind, from_version));
  }
}

EventBody Catalog::read(std::string_view kind, int version, std::string_view payload) const {
  EventBody body;
  try {
    // The parser takes one for the end and would leave what follows unread.
    if (payload.find('\0') != std::string_view::npos) throw std::range_error("it has a NUL in it");
    nlohmann::json document = nlohmann::json::parse(payload);
    require_readable(document, levels_max);
    Key key{std::string(kind), version};
    for (auto step = upcasters_.find(key); step != upcasters_.end(); step = upcasters_.find(key)) {
      document = step->second(std::move(document));
      ++key.second;
    }
    const auto found = types_.find(key);
    if (found == types_.end()) {
      body.error = "this program does not know event " + name_of(kind, version);
      return body;
    }
    body.value = found->second.read(document);
    body.type = found->second.type.type;
  } catch (const std::exception& e) {
    body.error = "payload of event " + name_of(kind, version) + " is unreadable: " + e.what();
  }
  return body;
}

std::vector<EventType> Catalog::types() const {
  std::vector<EventType> all;
  all.reserve(types_.size());
  for (const auto& [key, entry] : types_)
    all.push_back(entry.type);
  return all;
}

const EventType* Catalog::find(std::string_view kind, int version) const {
  const auto found = types_.find(Key{std::string(kind), version});
  return found == types_.end() ? nullptr : &found->second.type;
}

const std::vector<std::string>& Catalog::editable(std::string_view kind, int version) const {
  static const std::vector<std::string> nothing;
  const EventType* type = find(kind, version);
  return type == nullptr ? nothing : type->editable;
}

const std::string* Catalog::schema(std::string_view kind, int version) const {
  const auto found = schemas_.find(Key{std::string(kind), version});
  return found == schemas_.end() ? nullptr : &found->second;
}

}  // namespace orderflow::events
