#include "storage/ownership.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace orderflow::storage {

bool Ownership::owns(std::string_view table) const noexcept {
  return table.size() > owner_.size() + 1 && table.starts_with(owner_) &&
         table[owner_.size()] == '_';
}

bool Ownership::allows(int action, std::string_view first, std::string_view second) const noexcept {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
      return true;
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
      if (owns(first)) return true;
      if (action == SQLITE_READ && std::ranges::find(readable_, first) != readable_.end()) {
        return true;
      }
      // Defining a table writes its row in the schema, and an index needs the same. For a new
      // column with a check newer versions of SQLite look through the rows that are there.
      return right_ == Right::define &&
             (first.starts_with("sqlite_") || first == "pragma_quick_check");
    default:
      break;
  }
  if (right_ != Right::define) return false;
  switch (action) {
    case SQLITE_CREATE_TABLE:
    case SQLITE_DROP_TABLE:
      return owns(first);
    case SQLITE_CREATE_INDEX:
    case SQLITE_DROP_INDEX:
    case SQLITE_ALTER_TABLE:
      return owns(second);
    case SQLITE_PRAGMA:
      return first == "quick_check" && owns(second);
    case SQLITE_REINDEX:
      return true;
    default:
      return false;
  }
}

int Ownership::authorize(void* self, int action, const char* first, const char* second,
                         const char* /*database*/, const char* /*trigger*/) noexcept {
  const auto& ownership = *static_cast<const Ownership*>(self);
  if (ownership.owner_ == storage_layer) return SQLITE_OK;
  const auto text = [](const char* s) { return std::string_view(s != nullptr ? s : ""); };
  return ownership.allows(action, text(first), text(second)) ? SQLITE_OK : SQLITE_DENY;
}

}  // namespace orderflow::storage
