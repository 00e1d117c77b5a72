#pragma once

#include "cli/command_group.hpp"

namespace orderflow::commands {

/// `orderflow openapi`: prints the contract of the REST interface.
class OpenapiCommand final : public cli::CommandGroup {
 public:
  explicit OpenapiCommand(CLI::App& app);
};

/// `orderflow asyncapi`: prints the contract of the events.
class AsyncapiCommand final : public cli::CommandGroup {
 public:
  explicit AsyncapiCommand(CLI::App& app);
};

}  // namespace orderflow::commands
