#include "cli/terminal/progress.hpp"

#include "cli/terminal/shown_text.hpp"

#include <unistd.h>
#include <cstdio>

namespace orderflow::cli {

Progress::Progress() : terminal_(terminal_of(STDERR_FILENO)) {}

Progress::~Progress() {
  clear();
}

void Progress::show(const std::string& text) {
  if (!terminal_.interactive) return;
  // A line as wide as the terminal would move the cursor to the next one.
  const std::size_t columns = terminal_.columns > 1 ? terminal_.columns - 1 : 1;
  std::fprintf(stderr, "\r\x1b[K%s", cut_to(printable(text), columns).c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace orderflow::cli
