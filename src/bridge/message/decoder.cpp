#include "bridge/message/decoder.hpp"

#include "bridge/message/message_facts.hpp"
#include "bridge/message/node_name.hpp"
#include "config/problem.hpp"
#include "core/digest.hpp"
#include "core/readable_line.hpp"
#include "core/trace_context.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace orderflow::bridge {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t key_bytes_max = 200;
constexpr std::size_t correlation_id_max = 128;
constexpr std::size_t reason_bytes_max = 400;
constexpr auto ahead_max = 24h;

/// The values that JSON and its schemas allow and that our types and tables cannot carry.
void require_carriable(const nlohmann::json& value) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_structured()) {
    for (const auto& part : value)
      require_carriable(part);
  } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > largest) {
    throw Refused("its data has a whole number of more than 63 bits");
  } else if (value.is_string() &&
             value.get_ref<const std::string&>().find('\0') != std::string::npos) {
    throw Refused("its data has a text with a NUL in it");
  }
}

/// The same for the same text, whenever and wherever it is read.
events::EventId id_from(std::string_view text, std::uint64_t unix_ms) {
  const core::Sha256 digest = core::sha256(text);
  std::array<std::uint8_t, 10> tail{};
  std::copy_n(digest.begin(), tail.size(), tail.begin());
  return events::EventId{core::make_uuid_v7(unix_ms, tail)};
}

core::Timestamp read_time(const MessageFacts& facts, core::Timestamp now) {
  core::Timestamp time = now;
  if (facts.occurred_at) {
    const auto parsed = core::parse_rfc3339(*facts.occurred_at);
    if (!parsed)
      throw Refused("its time " + config::shown(*facts.occurred_at) + " is not RFC 3339");
    time = *parsed;
  } else if (facts.sent_at_seconds) {
    constexpr std::uint64_t year_9999 = 253'370'764'800;
    const std::chrono::seconds seconds{std::min(*facts.sent_at_seconds, year_9999)};
    time = core::Timestamp{seconds};
  }
  // The orders of a node whose clock is days ahead are settled all the same. But by that time they
  // would stay in fraud windows, and in the log, until that day has come and passed.
  return time > now + ahead_max ? now : time;
}

events::EventId read_id(const MessageFacts& facts, const std::string& body) {
  if (facts.id) {
    if (const auto id = core::Uuid::parse(*facts.id)) return events::EventId{*id};
    // Others name their events as they like; only together with the source is it unique.
    return id_from(facts.source.value_or("") + '\0' + *facts.id, 0);
  }
  return id_from(body, 0);
}

std::string require_key(const MessageFacts& facts) {
  std::string order_id;
  if (facts.data.is_object()) {
    const auto found = facts.data.find("orderId");
    if (found != facts.data.end() && found->is_string()) order_id = found->get<std::string>();
  }
  std::string key = facts.key.value_or(order_id);
  if (key.empty()) throw Refused("it has no key: neither subject, orderflow-key nor data.orderId");
  if (key.size() > key_bytes_max || !core::is_readable_line(key)) {
    throw Refused("its key is longer than 200 bytes, has control characters or is not UTF-8");
  }
  if (!order_id.empty() && key != order_id) {
    throw Refused("its key " + config::shown(key) + " is not the order that its data is about");
  }
  return key;
}

/// A chain begins at home: where its first event names none, that is where the event was published.
/// Taken for the receiver's own, the answers to it would never find the node that waits for them.
std::string require_home(const MessageFacts& facts, const std::string& origin,
                         const std::string& node) {
  const bool is_first = facts.origin && !facts.causation_id;
  if (!facts.home) return is_first ? origin.substr(0, origin.find('/')) : node;
  if (!is_node_name(*facts.home)) {
    throw Refused("its home " + config::shown(*facts.home) +
                  " is not a node's name: 1 to 64 of A-Z a-z 0-9 _ -");
  }
  return *facts.home;
}

std::string require_origin(const MessageFacts& facts, const std::string& owner,
                           const std::string& node) {
  if (!facts.origin) {
    const bool usable = is_node_name(facts.app_id) && facts.app_id != node;
    return (usable ? facts.app_id : std::string("external")) + "/" + owner;
  }
  const std::size_t slash = facts.origin->find('/');
  if (slash == std::string::npos || !is_node_name(facts.origin->substr(0, slash)) ||
      !is_node_name(facts.origin->substr(slash + 1))) {
    throw Refused("its origin " + config::shown(*facts.origin) + " is not <node>/<module>");
  }
  return *facts.origin;
}

std::string trace_of(const events::EventId& id) {
  const std::string hex = core::sha256_hex(id.value().to_string());
  return "00-" + hex.substr(0, 32) + "-" + hex.substr(32, 16) + "-01";
}

bool names_trace(const MessageFacts& facts) noexcept {
  return facts.traceparent && core::is_traceparent(*facts.traceparent);
}

void read_links(const MessageFacts& facts, events::EventMeta& meta) {
  const bool has_correlation =
      facts.correlation_id && core::is_visible_ascii(*facts.correlation_id, correlation_id_max);
  meta.correlation_id = has_correlation ? *facts.correlation_id : meta.id.value().to_string();
  if (facts.causation_id) {
    if (const auto cause = core::Uuid::parse(*facts.causation_id)) {
      meta.causation_id = events::EventId{*cause};
    }
  }
  meta.traceparent =
      names_trace(facts) ? core::as_version_00(*facts.traceparent) : trace_of(meta.id);
}

/// One line of bounded length, whatever the message has put into it.
std::string plain(std::string_view reason) {
  std::string line = core::peer_text(reason, reason_bytes_max);
  if (reason.size() > reason_bytes_max) line += "…";
  return line;
}

/// A newer node may write more of an event of the same version: members that this one does not know
/// are let pass.
void let_pass_more(nlohmann::json& schema) {
  if (schema.is_object() && schema.value("additionalProperties", nlohmann::json()) == false) {
    schema.erase("additionalProperties");
  }
  if (!schema.is_structured()) return;
  for (nlohmann::json& part : schema)
    let_pass_more(part);
}

std::string open_to_more(const std::string& text) {
  nlohmann::json schema = nlohmann::json::parse(text);
  let_pass_more(schema);
  return schema.dump();
}

}  // namespace

Decoder::Decoder(const events::Catalog& catalog, std::string node, std::size_t message_bytes_max)
    : catalog_(catalog), node_(std::move(node)), message_bytes_max_(message_bytes_max) {
  for (events::EventType& type : catalog.types())
    kinds_.insert_or_assign(std::move(type.kind), Kind{std::move(type.owner), type.visibility});
}

boost::system::result<DecodedEvent, Unreadable> Decoder::decode(const Message& message,
                                                                core::Timestamp now) {
  try {
    return read(message, now);
  } catch (const Refused& refused) {
    return Unreadable{plain(refused.what())};
  }
}

DecodedEvent Decoder::read(const Message& message, core::Timestamp now) {
  if (message.body.size() > message_bytes_max_) {
    throw Refused("its body has " + std::to_string(message.body.size()) + " bytes; allowed are " +
                  std::to_string(message_bytes_max_));
  }
  MessageFacts facts = read_facts(message);
  const Kind& kind = require_kind(facts.kind);
  DecodedEvent received;
  events::EventMeta& meta = received.meta;
  meta.kind = facts.kind;
  meta.version = facts.version;
  require_carriable(facts.data);
  require_schema(meta, facts.data);
  meta.id = read_id(facts, message.body);
  meta.key = require_key(facts);
  meta.origin = require_origin(facts, kind.owner, node_);
  meta.home = require_home(facts, meta.origin, node_);
  meta.occurred_at = read_time(facts, now);
  read_links(facts, meta);
  received.payload = facts.data.dump();
  received.body = catalog_.read(meta.kind, meta.version, received.payload);
  if (received.body.value == nullptr) throw Refused(received.body.error);
  received.handled_by = std::move(facts.handled_by);
  received.wanted_by = std::move(facts.wanted_by);
  meta.redriven = !received.wanted_by.empty();
  received.starts_trace = !names_trace(facts);
  return received;
}

const Decoder::Kind& Decoder::require_kind(const std::string& kind) const {
  const auto known = kinds_.find(kind);
  if (known == kinds_.end()) throw Refused("nobody here knows the kind " + config::shown(kind));
  if (known->second.visibility == events::Visibility::internal) {
    throw Refused("events of the kind " + kind + " never leave a node");
  }
  return known->second;
}

void Decoder::require_schema(const events::EventMeta& meta, const nlohmann::json& data) {
  const Key key{meta.kind, meta.version};
  auto check = schemas_.find(key);
  if (check == schemas_.end()) {
    const std::string* schema = catalog_.schema(meta.kind, meta.version);
    if (schema == nullptr) {
      throw Refused("nobody here knows version " + std::to_string(meta.version) + " of the kind " +
                    meta.kind);
    }
    check = schemas_.emplace(key, events::SchemaCheck(open_to_more(*schema))).first;
  }
  const core::FieldErrors errors = check->second.check(data);
  if (errors.empty()) return;
  throw Refused("its data breaks the schema of " + meta.kind + " v" + std::to_string(meta.version) +
                (errors.front().pointer.empty() ? "" : " at " + errors.front().pointer) + ": " +
                errors.front().detail);
}

}  // namespace orderflow::bridge
