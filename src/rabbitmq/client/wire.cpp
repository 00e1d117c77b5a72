#include "rabbitmq/client/wire.hpp"

#include "core/readable_line.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

constexpr std::size_t short_size_max = 255;
constexpr std::size_t name_size_max = 128;
// They go into one frame with the properties, of 131,072 bytes or what the broker makes of them.
constexpr std::size_t fields_size_max = 65'536;

amqp_field_value_t to_field(const bridge::FieldValue& value) {
  amqp_field_value_t field{};
  if (const auto* text = std::get_if<std::string>(&value)) {
    field.kind = AMQP_FIELD_KIND_UTF8;
    field.value.bytes = to_bytes(*text);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    field.kind = AMQP_FIELD_KIND_I64;
    field.value.i64 = *number;
  } else {
    field.kind = AMQP_FIELD_KIND_BOOLEAN;
    field.value.boolean = std::get<bool>(value) ? 1 : 0;
  }
  return field;
}

std::optional<bridge::FieldValue> from_field(const amqp_field_value_t& field) {
  switch (field.kind) {
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      return to_text(field.value.bytes);
    case AMQP_FIELD_KIND_BOOLEAN:
      return field.value.boolean != 0;
    case AMQP_FIELD_KIND_I8:
      return std::int64_t{field.value.i8};
    case AMQP_FIELD_KIND_U8:
      return std::int64_t{field.value.u8};
    case AMQP_FIELD_KIND_I16:
      return std::int64_t{field.value.i16};
    case AMQP_FIELD_KIND_U16:
      return std::int64_t{field.value.u16};
    case AMQP_FIELD_KIND_I32:
      return std::int64_t{field.value.i32};
    case AMQP_FIELD_KIND_U32:
      return std::int64_t{field.value.u32};
    case AMQP_FIELD_KIND_I64:
      return field.value.i64;
    default:
      return std::nullopt;
  }
}

/// Sets one short text of the properties, where there is one.
void set(amqp_basic_properties_t& properties, amqp_bytes_t& field, amqp_flags_t flag,
         const std::string& text, const char* what) {
  if (text.empty()) return;
  field = to_short_bytes(text, what);
  properties._flags |= flag;
}

std::string get(const amqp_basic_properties_t& properties, amqp_bytes_t field, amqp_flags_t flag) {
  return (properties._flags & flag) != 0 ? to_text(field) : std::string();
}

}  // namespace

amqp_bytes_t to_bytes(std::string_view text) noexcept {
  return {.len = text.size(), .bytes = const_cast<char*>(text.data())};
}

amqp_bytes_t to_short_bytes(std::string_view text, const char* what) {
  if (text.size() > short_size_max) {
    throw std::length_error(std::string(what) + " of " + std::to_string(text.size()) +
                            " bytes: AMQP has room for 255");
  }
  return to_bytes(text);
}

std::string to_text(amqp_bytes_t bytes) {
  return bytes.len == 0 ? std::string() : std::string(static_cast<char*>(bytes.bytes), bytes.len);
}

std::string to_words(amqp_bytes_t bytes) {
  return core::peer_text(to_text(bytes), short_size_max);
}

amqp_table_t to_table(const bridge::Fields& fields, std::vector<amqp_table_entry_t>& entries) {
  entries.clear();
  std::size_t size = 0;
  for (const auto& [name, value] : fields) {
    if (name.size() > name_size_max) throw std::length_error("a header's name above 128 bytes");
    const auto* text = std::get_if<std::string>(&value);
    size += name.size() + (text == nullptr ? sizeof(std::int64_t) : text->size());
    entries.push_back({.key = to_bytes(name), .value = to_field(value)});
  }
  if (size > fields_size_max) throw std::length_error("headers of more than 65536 bytes");
  return {.num_entries = static_cast<int>(entries.size()), .entries = entries.data()};
}

bridge::Fields to_fields(const amqp_table_t& table) {
  bridge::Fields fields;
  for (int i = 0; i < table.num_entries; ++i) {
    const amqp_table_entry_t& entry = table.entries[i];
    if (auto value = from_field(entry.value)) {
      fields.emplace_back(to_text(entry.key), *std::move(value));
    }
  }
  return fields;
}

amqp_basic_properties_t to_properties(const bridge::Message& message,
                                      std::vector<amqp_table_entry_t>& entries) {
  const bridge::MessageProperties& from = message.properties;
  amqp_basic_properties_t to{};
  set(to, to.message_id, AMQP_BASIC_MESSAGE_ID_FLAG, from.message_id, "message id");
  set(to, to.type, AMQP_BASIC_TYPE_FLAG, from.type, "type");
  set(to, to.correlation_id, AMQP_BASIC_CORRELATION_ID_FLAG, from.correlation_id, "correlation id");
  set(to, to.app_id, AMQP_BASIC_APP_ID_FLAG, from.app_id, "app id");
  set(to, to.content_type, AMQP_BASIC_CONTENT_TYPE_FLAG, from.content_type, "content type");
  if (from.timestamp_seconds) {
    to.timestamp = *from.timestamp_seconds;
    to._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
  }
  if (from.persistent) {
    to.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    to._flags |= AMQP_BASIC_DELIVERY_MODE_FLAG;
  }
  if (!message.headers.empty()) {
    to.headers = to_table(message.headers, entries);
    to._flags |= AMQP_BASIC_HEADERS_FLAG;
  }
  return to;
}

bridge::Message to_message(const amqp_message_t& message) {
  const amqp_basic_properties_t& from = message.properties;
  bridge::Message to;
  to.properties.message_id = get(from, from.message_id, AMQP_BASIC_MESSAGE_ID_FLAG);
  to.properties.type = get(from, from.type, AMQP_BASIC_TYPE_FLAG);
  to.properties.correlation_id = get(from, from.correlation_id, AMQP_BASIC_CORRELATION_ID_FLAG);
  to.properties.app_id = get(from, from.app_id, AMQP_BASIC_APP_ID_FLAG);
  to.properties.content_type = get(from, from.content_type, AMQP_BASIC_CONTENT_TYPE_FLAG);
  if ((from._flags & AMQP_BASIC_TIMESTAMP_FLAG) != 0) {
    to.properties.timestamp_seconds = from.timestamp;
  }
  to.properties.persistent = (from._flags & AMQP_BASIC_DELIVERY_MODE_FLAG) != 0 &&
                             from.delivery_mode == AMQP_DELIVERY_PERSISTENT;
  if ((from._flags & AMQP_BASIC_HEADERS_FLAG) != 0) to.headers = to_fields(from.headers);
  to.body = to_text(message.body);
  return to;
}

}  // namespace orderflow::rabbitmq
