#include "commands/command_line.hpp"

#include "app/build_info.hpp"
#include "cli/exit_code.hpp"
#include "cli/node_client.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/bridge/bridge_command.hpp"
#include "commands/config/config_commands.hpp"
#include "commands/database/backup_command.hpp"
#include "commands/database/doctor_command.hpp"
#include "commands/database/node_command.hpp"
#include "commands/demo/demo_command.hpp"
#include "commands/events/dead_letters_commands.hpp"
#include "commands/events/events_commands.hpp"
#include "commands/events/subscriptions_commands.hpp"
#include "commands/guide/contract_commands.hpp"
#include "commands/guide/guide_commands.hpp"
#include "commands/keys/keys_command.hpp"
#include "commands/node/serve_command.hpp"
#include "commands/node/status_command.hpp"
#include "commands/orders/orders_commands.hpp"
#include "config/problem.hpp"
#include "core/secret_text.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <sstream>
#include <string>

namespace orderflow::commands {
namespace {

std::string exit_code_footer() {
  std::string text = "Every command lists its flags: orderflow COMMAND --help\n\nExit codes:\n";
  for (const cli::ExitCode& exit : cli::exit_codes) {
    std::string code = std::to_string(exit.code);
    code.resize(5, ' ');
    text += "  " + code + std::string(exit.meaning) + "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace

CommandLine::CommandLine()
    : app_(std::make_unique<CLI::App>("Event-driven ordering in one executable", "orderflow")) {
  app_->set_version_flag("--version", [] { return app::build_text(); });
  app_->require_subcommand(1);
  app_->footer(exit_code_footer());
  const auto add = [this]<class Command>(std::type_identity<Command>) {
    commands_.push_back(std::make_unique<Command>(*app_));
  };
  add(std::type_identity<ServeCommand>{});
  add(std::type_identity<StatusCommand>{});
  add(std::type_identity<OrdersCommands>{});
  add(std::type_identity<EventsCommands>{});
  add(std::type_identity<DeadLettersCommands>{});
  add(std::type_identity<SubscriptionsCommands>{});
  add(std::type_identity<KeysCommand>{});
  add(std::type_identity<BackupCommand>{});
  add(std::type_identity<DoctorCommand>{});
  add(std::type_identity<NodeCommand>{});
  add(std::type_identity<BridgeCommand>{});
  add(std::type_identity<ConfigCommands>{});
  add(std::type_identity<DemoCommand>{});
  add(std::type_identity<OpenapiCommand>{});
  add(std::type_identity<AsyncapiCommand>{});
  add(std::type_identity<CompletionCommands>{});
  add(std::type_identity<ManCommand>{});
}

CommandLine::~CommandLine() = default;

int CommandLine::run(int argc, char** argv) {
  try {
    const int code = run_parsed(argc, argv);
    cli::flush_output();
    return code;
  } catch (const cli::WrongUse& e) {
    cli::print_error(e.what());
    return cli::exit_usage;
  } catch (const config::Invalid& e) {
    cli::print_error(std::string("the settings are not valid\n") + e.what());
    return cli::exit_usage;
  } catch (const cli::NodeUnreachable& e) {
    cli::print_error(e.what());
    return cli::exit_unreachable;
  } catch (const std::exception& e) {
    cli::print_error(e.what());
    return cli::exit_failed;
  }
}

int CommandLine::run_parsed(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    std::ostringstream errors;
    const bool is_asked_for = app_->exit(e, out, errors) == 0;
    cli::print(out.str());
    // The message quotes what was not understood, which may hold a key.
    std::fputs(core::with_keys_masked(errors.str()).c_str(), stderr);
    return is_asked_for ? cli::exit_ok : cli::exit_usage;
  }
  return run_chosen();
}

int CommandLine::run_chosen() const {
  for (const auto& command : commands_) {
    if (command->chosen()) return command->run();
  }
  throw std::logic_error("no command was chosen");
}

}  // namespace orderflow::commands
