#pragma once

#include "cli/terminal/terminal.hpp"

#include <string>

namespace orderflow::cli {

/// One line on standard error that shows the progress of long work; where that is no terminal it
/// writes nothing. The destructor clears the line.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& text);
  void clear();

 private:
  const Terminal terminal_;
  bool shown_ = false;
};

}  // namespace orderflow::cli
