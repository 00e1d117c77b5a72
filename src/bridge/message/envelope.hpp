#pragma once

#include "bridge/message/message.hpp"
#include "events/log/event.hpp"

#include <string_view>

namespace orderflow::bridge {

/// The event as a message. `handled_by` are the modules of this node that handle it here, with
/// commas between.
Message encode(const events::Event& event, Envelope envelope, std::string_view handled_by);

/// Marks a message as sent once more, for `wanted_by`: see `events::Redrive`.
void mark_redriven(Message& message, std::string_view wanted_by);

}  // namespace orderflow::bridge
