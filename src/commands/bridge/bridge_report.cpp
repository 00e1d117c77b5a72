#include "commands/bridge/bridge_report.hpp"

#include "storage/inspected_database.hpp"

#include <algorithm>
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

std::string_view to_text(bridge::QueueUse use) noexcept {
  switch (use) {
    case bridge::QueueUse::shared:
      return "shared";
    case bridge::QueueUse::own:
      return "own";
    case bridge::QueueUse::dead:
      break;
  }
  return "dead";
}

std::string_view to_text(bridge::BridgeMode mode) noexcept {
  return mode == bridge::BridgeMode::exports ? "export" : "split";
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
        "AMQP cannot list bindings: those above are the wanted ones.\n"
        "`rabbitmqctl list_bindings` shows those that exist.\n";
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

}  // namespace

std::string read_node_name(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "orderflow.db")) return {};
  return storage::InspectedDatabase(folder).node();
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
    text += "lag      " + std::to_string(report.relay->lag()) +
            " events of the log are not yet published and confirmed (at " +
            std::to_string(report.relay->cursor) + " of " + std::to_string(report.relay->newest) +
            ")\n";
  } else {
    text += "lag      unknown: the data folder has no database with a bridge\n";
  }
  if (!report.failure.empty()) return text + "FAILED   " + report.failure + "\n";
  if (report.runs) {
    text += *report.runs ? "name     held: a node named " + report.node + " is connected\n"
                         : "name     free: no node named " + report.node + " is connected\n";
  }
  text += text_of(report.inspection);
  if (report.node.empty() && report.mode == bridge::BridgeMode::split) {
    text += "This node's own queues are named after it, and it has no name yet: see node.name.\n";
  }
  return text + (report.sound()
                     ? "Everything is there.\n"
                     : "Something is missing or clashes: see above. A node declares what "
                       "is missing when it starts, and within seconds while it runs.\n");
}

ordered_json to_json(const BridgeReport& report) {
  ordered_json document = {
      {"ok", report.sound()}, {"broker", report.broker},      {"tls", report.tls},
      {"node", report.node},  {"mode", to_text(report.mode)}, {"modules", report.hosted}};
  if (report.relay) {
    document["relay"] = {{"cursor", report.relay->cursor},
                         {"newest", report.relay->newest},
                         {"lag", report.relay->lag()}};
  }
  if (!report.failure.empty()) {
    document["failure"] = report.failure;
    return document;
  }
  if (report.runs) document["nameHeld"] = *report.runs;
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
