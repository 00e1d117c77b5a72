#include "bridge/outgoing_events.hpp"

#include "bridge/message/envelope.hpp"

#include <string_view>

namespace orderflow::bridge {
namespace {

std::map<std::string, std::string, std::less<>> modules_handling(const BridgedNode& node) {
  std::map<std::string, std::string, std::less<>> handled;
  for (const events::ModuleSubscription& subscription : node.catalog.module_subscriptions()) {
    if (!node.hosted.contains(subscription.module)) continue;
    std::string& modules = handled[subscription.kind];
    modules += (modules.empty() ? "" : ",") + subscription.module;
  }
  return handled;
}

std::set<std::string, std::less<>> handled_elsewhere(const BridgedNode& node) {
  std::set<std::string, std::less<>> kinds;
  for (const events::ModuleSubscription& subscription : node.catalog.module_subscriptions()) {
    if (!node.hosted.contains(subscription.module)) kinds.insert(subscription.kind);
  }
  return kinds;
}

}  // namespace

OutgoingEvents::OutgoingEvents(const BridgedNode& node, Envelope envelope,
                               const MessagingTerms& terms)
    : dispatcher_(node.dispatcher),
      envelope_(envelope),
      handled_here_(modules_handling(node)),
      handled_elsewhere_(handled_elsewhere(node)) {
  if (node.tracer != nullptr) spans_.emplace(*node.tracer, terms);
}

Message OutgoingEvents::message_of(const events::Event& event, const std::string& destination,
                                   const std::string& route) {
  Message message = encode(event, envelope_, handled_here(event.kind()));
  if (spans_) spans_->sending(event, destination, route, message);
  return message;
}

std::string_view OutgoingEvents::handled_here(std::string_view kind) const {
  const auto modules = handled_here_.find(kind);
  return modules == handled_here_.end() ? std::string_view{} : std::string_view(modules->second);
}

Message OutgoingEvents::message_again(const events::Event& event,
                                      std::string_view wanted_by) const {
  Message message = encode(event, envelope_, handled_here(event.kind()));
  mark_redriven(message, wanted_by);
  return message;
}

bool OutgoingEvents::must_be_routed(const events::Event& event) const {
  return handled_elsewhere_.contains(event.kind());
}

void OutgoingEvents::confirmed(events::Seq upto) {
  if (spans_) spans_->confirmed(upto);
  dispatcher_.relay_confirmed(upto);
}

}  // namespace orderflow::bridge
