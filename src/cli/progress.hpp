#pragma once

#include "cli/terminal.hpp"

#include <string>

namespace orderflow::cli {

/// One line on standard error that tells how far long work is; where that is no terminal it says
/// nothing. The line is gone when the object is.
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
