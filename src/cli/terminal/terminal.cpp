#include "cli/terminal/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace orderflow::cli {
namespace {

constexpr std::size_t columns_unknown = 80;

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::string_view escape_of(Tone tone) noexcept {
  switch (tone) {
    case Tone::strong:
      return "\x1b[1m";
    case Tone::faint:
      return "\x1b[2m";
    case Tone::good:
      return "\x1b[32m";
    case Tone::waiting:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::plain:
      break;
  }
  return "";
}

}  // namespace

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.interactive = ::isatty(descriptor) == 1;
  if (!terminal.interactive) return terminal;
  winsize size{};
  const bool is_known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  terminal.columns = is_known ? size.ws_col : columns_unknown;
  const char* kind = std::getenv("TERM");
  terminal.colours =
      !is_set("NO_COLOR") && kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
  return terminal;
}

std::string toned(std::string_view text, Tone tone, const Terminal& terminal) {
  const std::string_view escape = escape_of(tone);
  if (!terminal.colours || escape.empty() || text.empty()) return std::string(text);
  return std::string(escape).append(text).append("\x1b[0m");
}

}  // namespace orderflow::cli
