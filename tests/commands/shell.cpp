#include "commands/shell.hpp"

#include "acceptance/support/node.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>

namespace orderflow::test {
namespace {

constexpr auto limit = std::chrono::minutes(2);

CommandOutput output_of(const Command& command) {
  Process process(command);
  const auto exit = process.wait(limit);
  if (!exit || exit->signal != 0) {
    throw std::runtime_error("did not end by itself: " + process.output() + process.errors());
  }
  return {.code = exit->code, .output = process.output(), .errors = process.errors()};
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

Shell::Shell(std::uint16_t port) {
  if (port != 0) set("ORDERFLOW_URL", "http://127.0.0.1:" + std::to_string(port));
}

void Shell::set(const std::string& name, const std::string& value) {
  environment_.emplace_back(name, value);
}

Command Shell::command(std::vector<std::string> arguments) const {
  return {.executable = serve_command({}).executable,
          .arguments = std::move(arguments),
          .environment = environment_,
          .withheld_prefix = "ORDERFLOW_"};
}

CommandOutput Shell::run(std::vector<std::string> arguments) const {
  return output_of(command(std::move(arguments)));
}

CommandOutput Shell::run_into(const std::string& file,
                              const std::vector<std::string>& arguments) const {
  Command inside = command({});
  std::string line = "exec " + quoted(inside.executable.string());
  for (const std::string& argument : arguments)
    line += " " + quoted(argument);
  inside.executable = "/bin/sh";
  inside.arguments = {"-c", line + " > " + quoted(file)};
  return output_of(inside);
}

CommandOutput Shell::run_on_terminal(const std::vector<std::string>& arguments,
                                     std::size_t columns) const {
  Command inside = command({});
  std::string line =
      "stty cols " + std::to_string(columns) + " -echo; exec " + quoted(inside.executable.string());
  for (const std::string& argument : arguments)
    line += " " + quoted(argument);
  inside.executable = find_program("script");
  inside.arguments = {"-qec", line, "/dev/null"};
  inside.environment.emplace_back("SHELL", "/bin/sh");
  inside.environment.emplace_back("TERM", "xterm");
  CommandOutput result = output_of(inside);
  for (std::size_t at = 0; (at = result.output.find("\r\n", at)) != std::string::npos;)
    result.output.erase(at, 1);
  return result;
}

std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(folder + name)) return folder + name;
  }
  MESSAGE("SKIPPED: there is no program ", name, " on this machine");
  return {};
}

}  // namespace orderflow::test
