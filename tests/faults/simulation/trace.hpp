#pragma once

#include "core/clock.hpp"

#include <string>
#include <string_view>

namespace orderflow::simulation {

/// What a run did, line by line. The same seed gives the same text, byte for byte.
class Trace {
 public:
  explicit Trace(const core::Clock& clock) : clock_(clock) {}

  void add(std::string_view action, std::string_view detail = {}) {
    text_ += core::to_rfc3339(clock_.now());
    text_ += ' ';
    text_ += action;
    if (!detail.empty()) text_ += ' ';
    text_ += detail;
    text_ += '\n';
  }

  const std::string& text() const noexcept { return text_; }

 private:
  const core::Clock& clock_;
  std::string text_;
};

}  // namespace orderflow::simulation
