#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/command_line.hpp"
#include "outbound/system_certificates.hpp"

#include <sys/stat.h>
#include <csignal>
#include <exception>

int main(int argc, char** argv) {
  // The files it writes are for its owner alone: orders, addresses, mail.
  ::umask(077);
  // A log that nobody reads any more, or a file that may not grow, is an error to be handled where
  // it happens, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  orderflow::outbound::use_system_certificates();
  try {
    return orderflow::commands::CommandLine().run(argc, argv);
  } catch (const std::exception& e) {
    orderflow::cli::print_error(e.what());
    return orderflow::cli::exit_failed;
  }
}
