#pragma once

#include "cli/command_group.hpp"
#include "cli/event_stream_text.hpp"
#include "commands/client/node_access.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace orderflow::commands {

/// `orderflow events list|tail`: the log of a running node.
class EventsCommands final : public cli::CommandGroup {
 public:
  explicit EventsCommands(CLI::App& app);

 private:
  void add_filters(CLI::App& command);
  int list() const;
  int tail() const;
  void show(const cli::StreamedEvent& event) const;

  NodeAccess access_;
  std::string kind_;
  std::string key_;
  std::string after_;
  std::size_t limit_ = 50;
  std::size_t count_ = 0;
};

}  // namespace orderflow::commands
