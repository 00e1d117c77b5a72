#pragma once

#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"

#include <cstddef>
#include <string>

namespace orderflow::commands {

/// `orderflow dead-letters list|show|replay|discard`.
class DeadLettersCommands final : public cli::CommandGroup {
 public:
  explicit DeadLettersCommands(CLI::App& app);

 private:
  void define_replay();
  void add_filters(CLI::App& command);
  nlohmann::json filter() const;
  int list() const;
  int show() const;
  int replay() const;
  int replay_one() const;
  int replay_all() const;
  int discard() const;

  NodeAccess access_;
  std::string id_;
  std::string subscription_;
  std::string kind_;
  std::string key_;
  std::string error_;
  std::string after_;
  std::size_t limit_ = 50;
  bool all_ = false;
  bool dry_ = false;
  bool no_wait_ = false;
  std::string payload_file_;
  std::string reason_;
};

}  // namespace orderflow::commands
