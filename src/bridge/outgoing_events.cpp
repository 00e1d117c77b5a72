#include "bridge/outgoing_events.hpp"

#include "bridge/message/envelope.hpp"

#include <string_view>

namespace orderflow::bridge {
namespace {

std::map<std::string, std::string, std::less<>> handled_here(const BridgedNode& node) {
  std::map<std::string, std::string, std::less<>> handled;
  for (const events::ModuleSubscription& subscription : node.catalog.module_subscriptions()) {
    if (!node.hosted.contains(subscription.module)) continue;
    std::string& modules = handled[subscription.kind];
    modules += (modules.empty() ? "" : ",") + subscription.module;
  }
  return handled;
}

}  // namespace

OutgoingEvents::OutgoingEvents(const BridgedNode& node, Envelope envelope,
                               const MessagingTerms& terms)
    : dispatcher_(node.dispatcher), envelope_(envelope), handled_here_(handled_here(node)) {
  if (node.tracer != nullptr) spans_.emplace(*node.tracer, terms);
}

Message OutgoingEvents::message_of(const events::Event& event, const std::string& destination,
                                   const std::string& route) {
  const auto modules = handled_here_.find(event.kind());
  Message message = encode(
      event, envelope_,
      modules == handled_here_.end() ? std::string_view{} : std::string_view(modules->second));
  if (spans_) spans_->sending(event, destination, route, message);
  return message;
}

void OutgoingEvents::confirmed(events::Seq upto) {
  if (spans_) spans_->confirmed(upto);
  dispatcher_.relay_confirmed(upto);
}

}  // namespace orderflow::bridge
