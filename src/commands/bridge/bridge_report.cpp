#include "commands/bridge/bridge_report.hpp"

#include "events/log/event_log.hpp"
#include "events/remote/relay.hpp"
#include "storage/inspected_database.hpp"

#include <algorithm>
#include <memory>
#include <variant>

namespace orderflow::commands {
namespace {

using nlohmann::ordered_json;
using rabbitmq::Standing;

std::string_view to_text(Standing standing) noexcept {
  switch (standing) {
    case Standing::there:
      return "there";
    case Standing::missing:
      return "missing";
    case Standing::clash:
      break;
  }
  return "CLASH";
}

std::string_view to_text(rabbitmq::QueueUse use) noexcept {
  switch (use) {
    case rabbitmq::QueueUse::shared:
      return "shared";
    case rabbitmq::QueueUse::own:
      return "own";
    case rabbitmq::QueueUse::dead:
      break;
  }
  return "dead";
}

std::string_view to_text(rabbitmq::BridgeMode mode) noexcept {
  return mode == rabbitmq::BridgeMode::exports ? "export" : "split";
}

std::string padded(std::string text, std::size_t width) {
  text.append(std::max(width, text.size() + 1) - text.size(), ' ');
  return text;
}

std::string line_of(const rabbitmq::InspectedQueue& queue) {
  std::string line = padded(std::string(to_text(queue.standing)), 9) +
                     padded("queue " + queue.wanted.name, 48) +
                     padded(std::string(to_text(queue.wanted.use)), 8);
  if (queue.standing == Standing::missing) return line + "would be declared";
  return line + std::to_string(queue.counts.messages) + " ready, " +
         std::to_string(queue.counts.consumers) + " consumers";
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string text_of(const rabbitmq::Inspection& inspection) {
  std::string text;
  for (const auto& exchange : inspection.exchanges) {
    text += padded(std::string(to_text(exchange.standing)), 9) +
            padded("exchange " + exchange.wanted.name, 48) + padded(exchange.wanted.type, 8) +
            (exchange.standing == Standing::missing ? "would be declared" : "") + "\n";
    if (!exchange.detail.empty()) text += "         " + exchange.detail + "\n";
  }
  for (const auto& queue : inspection.queues) {
    text += line_of(queue) + "\n";
    if (!queue.detail.empty()) text += "         " + queue.detail + "\n";
    for (const auto& binding : queue.wanted.bindings)
      text += "         wants " + binding.routing_key + " of " + binding.exchange + "\n";
  }
  if (!inspection.queues.empty()) {
    text +=
        "What is bound cannot be asked for over AMQP: the bindings above are those wanted.\n"
        "`rabbitmqctl list_bindings` shows those that stand.\n";
  }
  return text;
}

ordered_json json_of(const rabbitmq::InspectedQueue& queue) {
  ordered_json entry = {{"name", queue.wanted.name},
                        {"use", to_text(queue.wanted.use)},
                        {"module", queue.wanted.module},
                        {"standing", to_text(queue.standing)},
                        {"consumedHere", queue.wanted.consumed},
                        {"arguments", ordered_json::object()},
                        {"bindingsWanted", ordered_json::array()}};
  for (const auto& [name, value] : queue.wanted.arguments)
    std::visit([&, &key = name](const auto& fact) { entry["arguments"][key] = fact; }, value);
  for (const auto& binding : queue.wanted.bindings) {
    entry["bindingsWanted"].push_back(
        {{"exchange", binding.exchange}, {"routingKey", binding.routing_key}});
  }
  if (queue.standing != Standing::missing) {
    entry["messages"] = queue.counts.messages;
    entry["consumers"] = queue.counts.consumers;
  }
  if (!queue.detail.empty()) entry["detail"] = queue.detail;
  return entry;
}

std::unique_ptr<storage::InspectedDatabase> open_database(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "orderflow.db")) return nullptr;
  return std::make_unique<storage::InspectedDatabase>(folder);
}

}  // namespace

std::optional<RelayProgress> read_relay_progress(const std::filesystem::path& folder) {
  const auto file = open_database(folder);
  if (!file || !file->owners().contains(events::event_owner)) return std::nullopt;
  auto session = file->connection().session(events::event_owner);
  auto rows = session.query(
      "SELECT cursor, (SELECT coalesce(max(seq), 0) FROM event_log) FROM event_subscription"
      " WHERE name = ?1",
      events::relay_name);
  if (!rows.next()) return std::nullopt;
  const auto cursor = rows.get<std::int64_t>(0);
  return RelayProgress{.cursor = cursor, .newest = std::max(cursor, rows.get<std::int64_t>(1))};
}

std::string read_node_name(const std::filesystem::path& folder) {
  const auto file = open_database(folder);
  return file ? file->node() : std::string();
}

bool BridgeReport::sound() const {
  const auto is_there = [](const auto& part) { return part.standing == Standing::there; };
  return failure.empty() && std::ranges::all_of(inspection.exchanges, is_there) &&
         std::ranges::all_of(inspection.queues, is_there);
}

std::string to_text(const BridgeReport& report) {
  std::string text = "broker   " + report.broker + (report.tls ? " (TLS)" : " (no TLS)") + "\n";
  if (report.failure.empty()) text += "server   " + report.product + " " + report.version + "\n";
  text += "node     " + (report.node.empty() ? "(no name yet)" : report.node) + ", " +
          std::string(to_text(report.mode)) + ": " + joined(report.hosted) + "\n";
  if (report.relay) {
    text += "lag      " + std::to_string(report.relay->newest - report.relay->cursor) +
            " places of the log are not yet published and confirmed (at " +
            std::to_string(report.relay->cursor) + " of " + std::to_string(report.relay->newest) +
            ")\n";
  } else {
    text += "lag      unknown: the data folder has no database with a bridge\n";
  }
  if (!report.failure.empty()) return text + "FAILED   " + report.failure + "\n";
  text += text_of(report.inspection);
  if (report.node.empty() && report.mode == rabbitmq::BridgeMode::split) {
    text += "This node's own queues are named after it, and it has no name yet: see node.name.\n";
  }
  return text + (report.sound() ? "Everything is there.\n"
                                : "Something is missing or clashes: see above. The node declares "
                                  "what is missing when it starts.\n");
}

ordered_json to_json(const BridgeReport& report) {
  ordered_json document = {
      {"ok", report.sound()}, {"broker", report.broker},      {"tls", report.tls},
      {"node", report.node},  {"mode", to_text(report.mode)}, {"modules", report.hosted}};
  if (report.relay) {
    document["relay"] = {{"cursor", report.relay->cursor},
                         {"newest", report.relay->newest},
                         {"lag", report.relay->newest - report.relay->cursor}};
  }
  if (!report.failure.empty()) {
    document["failure"] = report.failure;
    return document;
  }
  document["server"] = {{"product", report.product}, {"version", report.version}};
  document["exchanges"] = ordered_json::array();
  for (const auto& exchange : report.inspection.exchanges) {
    ordered_json entry = {{"name", exchange.wanted.name},
                          {"type", exchange.wanted.type},
                          {"standing", to_text(exchange.standing)}};
    if (!exchange.detail.empty()) entry["detail"] = exchange.detail;
    document["exchanges"].push_back(std::move(entry));
  }
  document["queues"] = ordered_json::array();
  for (const auto& queue : report.inspection.queues)
    document["queues"].push_back(json_of(queue));
  return document;
}

}  // namespace orderflow::commands
