#pragma once

#include <span>
#include <string>
#include <string_view>

namespace orderflow::storage {

/// Decides what a statement may touch while it is prepared: each owner its own tables, those that
/// carry its prefix. This is what keeps one module out of another's rows; it is asked through
/// SQLite's authorizer (sqlite.org/c3ref/set_authorizer.html).
class Ownership {
 public:
  enum class Right {
    use,    ///< read and change rows
    define  ///< create, alter and drop as well: migrations
  };

  /// The storage layer itself: transactions, pragmas and the schema are its alone.
  static constexpr std::string_view storage_layer = "storage";

  /// Makes `owner` the one who asks, for a scope.
  class As {
   public:
    /// `readable` are tables of others that it may read; they outlive the scope.
    As(Ownership& ownership, std::string_view owner, Right right = Right::use,
       std::span<const std::string> readable = {}) noexcept
        : ownership_(ownership),
          owner_(ownership.owner_),
          right_(ownership.right_),
          readable_(ownership.readable_) {
      ownership_.owner_ = owner;
      ownership_.right_ = right;
      ownership_.readable_ = readable;
    }
    ~As() {
      ownership_.owner_ = owner_;
      ownership_.right_ = right_;
      ownership_.readable_ = readable_;
    }
    As(const As&) = delete;
    As& operator=(const As&) = delete;

   private:
    Ownership& ownership_;
    std::string_view owner_;
    Right right_;
    std::span<const std::string> readable_;
  };

  /// The callback for `sqlite3_set_authorizer`; `self` is an Ownership.
  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* database, const char* trigger) noexcept;

 private:
  bool owns(std::string_view table) const noexcept;
  bool allows(int action, std::string_view first, std::string_view second) const noexcept;

  std::string_view owner_ = storage_layer;
  Right right_ = Right::use;
  std::span<const std::string> readable_;
};

}  // namespace orderflow::storage
