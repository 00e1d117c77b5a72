#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace orderflow::core {

/// One thing that is wrong with an input, and where.
struct FieldError {
  std::string pointer;  ///< JSON Pointer (RFC 6901) into the body, or a parameter's name
  std::string detail;   ///< what is wrong and what is allowed, for people
};

/// What is wrong with an input, in the order it was found: so much of it as helps its sender,
/// however much there is. Who reads a list of the sender's length stops where it is full.
///
///     for (const auto& [name, value] : object.items()) {
///       if (errors.is_full()) break;
///       …
///     }
class FieldErrors {
 public:
  static constexpr std::size_t count_max = 100;
  /// Of one pointer or detail; what is longer is cut between two characters and ends in "…".
  static constexpr std::size_t text_bytes_max = 512;
  /// Of all pointers and details.
  static constexpr std::size_t bytes_max = 32U << 10;

  FieldErrors() = default;
  FieldErrors(std::initializer_list<FieldError> errors) {
    for (const FieldError& error : errors)
      push_back(error);
  }

  /// Keeps the error where there is room for it, else drops it.
  void push_back(FieldError error);

  /// True where no more is kept: looking for further errors is in vain.
  bool is_full() const noexcept { return errors_.size() >= count_max || bytes_ >= bytes_max; }

  bool empty() const noexcept { return errors_.empty(); }
  std::size_t size() const noexcept { return errors_.size(); }
  const FieldError& operator[](std::size_t at) const { return errors_[at]; }
  const FieldError& front() const { return errors_.front(); }
  auto begin() const noexcept { return errors_.begin(); }
  auto end() const noexcept { return errors_.end(); }

 private:
  std::vector<FieldError> errors_;
  std::size_t bytes_ = 0;
};

}  // namespace orderflow::core
