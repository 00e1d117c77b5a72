#include "commands/demo/demo_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/demo/demo_run.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>
#include <limits>

namespace orderflow::commands {
namespace {

constexpr std::uint64_t count_default = 40;
constexpr std::uint64_t count_max = 100'000;

DemoRun::Clock::duration seconds(double count) {
  return std::chrono::duration_cast<DemoRun::Clock::duration>(std::chrono::duration<double>(count));
}

}  // namespace

DemoCommand::DemoCommand(CLI::App& app)
    : CommandGroup(app, "demo", "Place sample traffic on a running node and watch it") {
  command()
      .add_option("--count", count_, "Orders to place (default: 40, or as --for allows)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, count_max, "1 to 100000"));
  command()
      .add_option("--for", seconds_, "Place orders for so many seconds")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 86'400.0, "0.1 to 86400"));
  command()
      .add_option("--rate", rate_, "Orders a second (default: 8)")
      ->type_name("N")
      ->check(CLI::Range(0.1, 100.0, "0.1 to 100"));
  command()
      .add_option("--settle", settle_seconds_, "Wait so long for the outcomes (default: 60)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 3'600.0, "0 to 3600"));
  command()
      .add_option("--seed", seed_, "The same seed places the same orders (default: 1)")
      ->type_name("N");
  access_.add_to(command());
  command().footer(
      "Most orders are paid; some are fraud, some declined, some charged at the third attempt,\n"
      "and some mails fail permanently. It needs a node with the simulated payment gateway, its\n"
      "default. The orders stay: use a data folder of its own.\n\n"
      "Exit codes: 0 every order is final; 1 some are not, or the node refuses; 2 wrong use; 4 "
      "the\n"
      "node cannot be reached; 130 stopped by Ctrl-C.");
  set_action([this] { return run_demo(); });
}

int DemoCommand::run_demo() const {
  auto node = access_.client();
  cli::Interruption interruption;
  const bool timed = seconds_ > 0;
  DemoRun::Plan plan{.orders_max = count_,
                     .place_for = std::nullopt,
                     .per_second = rate_,
                     .settle_limit = seconds(settle_seconds_),
                     .seed = seed_,
                     .print_lines = !access_.json() && ::isatty(STDERR_FILENO) == 0};
  if (timed) plan.place_for = seconds(seconds_);
  if (count_ == 0) plan.orders_max = timed ? count_max : count_default;
  DemoRun demo(node, interruption, plan);
  demo.run();
  const DemoTally& tally = demo.tally();
  if (access_.json()) {
    cli::print_json(tally.to_json());
  } else {
    cli::print(tally.to_text());
    const auto failed = tally.to_json().at("mails").at("failed").get<std::int64_t>();
    if (failed > 0) cli::print("\nList the dead letters: orderflow dead-letters list\n");
  }
  if (demo.interrupted()) return cli::exit_interrupted;
  return tally.open() == 0 ? cli::exit_ok : cli::exit_failed;
}

}  // namespace orderflow::commands
