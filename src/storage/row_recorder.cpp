// Declares the pre-update hook in SQLite's header; Debian's library has it.
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include "storage/row_recorder.hpp"

#include "core/c_border.hpp"

#include <sqlite3.h>

namespace orderflow::storage {
namespace {

Cell cell_of(sqlite3_value* value) {
  const auto bytes = [&] { return static_cast<std::size_t>(sqlite3_value_bytes(value)); };
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_value_int64(value)};
    case SQLITE_FLOAT:
      return sqlite3_value_double(value);
    case SQLITE_TEXT:
      return std::string(reinterpret_cast<const char*>(sqlite3_value_text(value)), bytes());
    case SQLITE_BLOB: {
      const auto* data = static_cast<const char*>(sqlite3_value_blob(value));
      return Blob{data == nullptr ? std::string{} : std::string(data, bytes())};
    }
    default:
      return std::monostate{};
  }
}

using ReadValue = int (*)(sqlite3*, int, sqlite3_value**);

Cells read_row(sqlite3* connection, ReadValue read) {
  Cells cells;
  const int count = sqlite3_preupdate_count(connection);
  cells.reserve(static_cast<std::size_t>(count));
  for (int column = 0; column < count; ++column) {
    sqlite3_value* value = nullptr;
    if (read(connection, column, &value) != SQLITE_OK) continue;
    cells.emplace_back(std::to_string(column), cell_of(value));
  }
  return cells;
}

RowChange::Kind kind_of(int operation) noexcept {
  if (operation == SQLITE_INSERT) return RowChange::Kind::insert;
  return operation == SQLITE_UPDATE ? RowChange::Kind::update : RowChange::Kind::remove;
}

std::vector<std::string> column_names(Connection& connection, const std::string& table) {
  std::vector<std::string> names;
  auto rows = connection.session("storage").query(
      "SELECT name FROM pragma_table_info(?1) ORDER BY cid", table);
  while (rows.next())
    names.push_back(rows.get<std::string>(0));
  return names;
}

}  // namespace

struct RowRecorderHook {
  static void changed(void* self, sqlite3* connection, int operation, const char* /*database*/,
                      const char* table, sqlite3_int64 /*old_rowid*/,
                      sqlite3_int64 /*new_rowid*/) noexcept {
    auto& recorder = *static_cast<RowRecorder*>(self);
    const auto note_change = [&] {
      note(recorder, connection, operation, table);
      return true;
    };
    core::at_c_border(false, note_change, &recorder.failed_);
  }

  static void note(RowRecorder& recorder, sqlite3* connection, int operation, const char* table) {
    if (recorder.changes_.size() == recorder.changes_max_) {
      ++recorder.left_out_;
      return;
    }
    const RowChange::Kind kind = kind_of(operation);
    RowChange change{kind, table, {}, {}};
    if (kind != RowChange::Kind::insert)
      change.before = read_row(connection, sqlite3_preupdate_old);
    if (kind != RowChange::Kind::remove) change.after = read_row(connection, sqlite3_preupdate_new);
    recorder.changes_.push_back(std::move(change));
  }
};

RowRecorder::RowRecorder(Connection& connection, std::size_t changes_max)
    : connection_(connection), changes_max_(changes_max) {
  sqlite3_preupdate_hook(connection.handle(), core::never_throws(&RowRecorderHook::changed), this);
}

RowRecorder::~RowRecorder() {
  sqlite3_preupdate_hook(connection_.handle(), nullptr, nullptr);
}

std::vector<RowChange> RowRecorder::take() {
  if (failed_) std::rethrow_exception(failed_);
  // The hook knows columns by number alone, and may run no statement to ask for their names.
  for (RowChange& change : changes_) {
    const auto names = column_names(connection_, change.table);
    for (Cells* cells : {&change.before, &change.after}) {
      for (std::size_t i = 0; i < cells->size() && i < names.size(); ++i)
        (*cells)[i].first = names[i];
    }
  }
  return std::move(changes_);
}

}  // namespace orderflow::storage
