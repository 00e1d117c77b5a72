#pragma once

#include "core/clock.hpp"
#include "core/digest.hpp"
#include "core/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace orderflow::storage {

/// A prepared statement. Move-only; finalised with its owner. Not for concurrent use.
class Statement {
 public:
  /// Prepares exactly one statement. Throws `Error`, or `OwnershipViolation`.
  Statement(sqlite3* connection, std::string_view sql, bool persistent);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  /// Whether bound text may be forgotten by the caller before the statement is reset.
  enum class Lifetime { copied, until_reset };

  /// Binds the parameters ?1, ?2, … in order. Throws `Error` where their number is wrong.
  template <class... Args>
  void bind_all([[maybe_unused]] Lifetime lifetime, const Args&... args) {
    expect_parameters(static_cast<int>(sizeof...(Args)));
    [[maybe_unused]] int index = 0;
    (bind(++index, args, lifetime), ...);
  }

  /// True while there is a row. Throws what `throw_error` throws.
  bool step();
  void reset() noexcept;

  bool in_use = false;  ///< lent out by the cache

  int column_count() const noexcept;
  std::string_view column_name(int column) const noexcept;
  bool is_null(int column) const noexcept;
  bool is_blob(int column) const noexcept;
  std::int64_t integer(int column) const noexcept;
  double real(int column) const noexcept;
  /// Valid until the next step or reset.
  std::string_view text(int column) const noexcept;
  core::Uuid uuid(int column) const;

 private:
  void expect_parameters(int count) const;
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value, Lifetime lifetime);
  void bind_blob(int index, const void* data, std::size_t size);
  void bind_real(int index, double value);
  void bind_null(int index);

  template <class T>
  void bind(int index, const T& value, Lifetime lifetime) {
    if constexpr (std::is_same_v<T, std::nullptr_t>) {
      bind_null(index);
    } else if constexpr (std::is_same_v<T, core::Uuid>) {
      bind_blob(index, value.bytes.data(), value.bytes.size());
    } else if constexpr (std::is_same_v<T, core::Sha256>) {
      bind_blob(index, value.data(), value.size());
    } else if constexpr (std::is_same_v<T, core::Timestamp>) {
      bind_integer(index, core::to_micros(value));
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      bind_integer(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      bind_real(index, value);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      bind_text(index, value, lifetime);
    } else {
      // An optional of one of the above.
      if (value) {
        bind(index, *value, lifetime);
      } else {
        bind_null(index);
      }
    }
  }

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace orderflow::storage
