#include "events/catalog.hpp"

#include "events/embedded_schemas.hpp"

#include <stdexcept>
#include <utility>

namespace orderflow::events {
namespace {

std::string name_of(std::string_view kind, int version) {
  return std::string(kind) + ".v" + std::to_string(version);
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
  types_.emplace(key, Entry{std::move(type), reader});
}

void Catalog::hear(std::string_view module, std::string_view kind, Reach reach) {
  for (const Hearing& known : hearings_) {
    if (known.module != module || known.kind != kind) continue;
    if (known.reach == reach) return;
    throw std::logic_error(std::string(module) + " hears " + std::string(kind) + " in two ways");
  }
  hearings_.push_back({std::string(module), std::string(kind), reach});
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
    nlohmann::json document = nlohmann::json::parse(payload);
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

const std::string* Catalog::schema(std::string_view kind, int version) const {
  const auto found = schemas_.find(Key{std::string(kind), version});
  return found == schemas_.end() ? nullptr : &found->second;
}

}  // namespace orderflow::events
