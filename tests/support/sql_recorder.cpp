#include "support/sql_recorder.hpp"

#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace orderflow::test {
namespace {

class Recorder {
 public:
  /// Null where nothing is to be recorded. Never destroyed: objects that end with the executable
  /// may still use their statements.
  static Recorder* of_this_executable() {
    static Recorder* const recorder = [] {
      const char* file = std::getenv("SQL_RECORD");
      return file == nullptr ? nullptr : new Recorder(file);
    }();
    return recorder;
  }

  void prepared(std::string_view sql) {
    const std::lock_guard lock(mutex_);
    uses_.try_emplace(std::string(sql));
  }

  void bound(sqlite3_stmt* statement, int index, const char* type) {
    const std::lock_guard lock(mutex_);
    note(uses_[sqlite3_sql(statement)].bound, index - 1, type);
  }

  void read(sqlite3_stmt* statement, int column, const char* type) {
    const char* sql = sqlite3_sql(statement);
    const std::lock_guard lock(mutex_);
    note(uses_[sql].read, column, type);
  }

 private:
  explicit Recorder(std::filesystem::path file) : file_(std::move(file)) {
    std::filesystem::create_directories(file_.parent_path());
    std::filesystem::remove(file_);
    std::atexit([] { of_this_executable()->write(); });
  }

  static void note(std::vector<std::set<std::string>>& types, int place, const char* type) {
    if (types.size() <= static_cast<std::size_t>(place)) {
      types.resize(static_cast<std::size_t>(place) + 1);
    }
    types[static_cast<std::size_t>(place)].insert(type);
  }

  void write() {
    const std::lock_guard lock(mutex_);
    std::ofstream out(file_);
    for (const auto& [sql, use] : uses_) {
      const nlohmann::json line{{"sql", sql}, {"bound", use.bound}, {"read", use.read}};
      out << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    }
  }

  const std::filesystem::path file_;
  std::mutex mutex_;
  StatementUses uses_;
};

void add(std::vector<std::set<std::string>>& to, const nlohmann::json& from) {
  const auto types = from.get<std::vector<std::set<std::string>>>();
  if (to.size() < types.size()) to.resize(types.size());
  for (std::size_t i = 0; i < types.size(); ++i)
    to[i].insert(types[i].begin(), types[i].end());
}

}  // namespace

StatementUses read_statement_uses(const std::filesystem::path& folder) {
  StatementUses all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      const auto recorded = nlohmann::json::parse(line);
      StatementUse& use = all[recorded.at("sql").get<std::string>()];
      add(use.bound, recorded.at("bound"));
      add(use.read, recorded.at("read"));
    }
  }
  return all;
}

}  // namespace orderflow::test

// The linker's --wrap gives these names their meaning: calls of `f` come to `__wrap_f`, and
// `__real_f` is SQLite's own.
using orderflow::test::Recorder;

extern "C" {

int __real_sqlite3_prepare_v3(sqlite3*, const char*, int, unsigned, sqlite3_stmt**, const char**);
int __real_sqlite3_bind_int64(sqlite3_stmt*, int, sqlite3_int64);
int __real_sqlite3_bind_double(sqlite3_stmt*, int, double);
int __real_sqlite3_bind_null(sqlite3_stmt*, int);
int __real_sqlite3_bind_text64(sqlite3_stmt*, int, const char*, sqlite3_uint64, void (*)(void*),
                               unsigned char);
int __real_sqlite3_bind_blob64(sqlite3_stmt*, int, const void*, sqlite3_uint64, void (*)(void*));
sqlite3_int64 __real_sqlite3_column_int64(sqlite3_stmt*, int);
double __real_sqlite3_column_double(sqlite3_stmt*, int);
const unsigned char* __real_sqlite3_column_text(sqlite3_stmt*, int);
const void* __real_sqlite3_column_blob(sqlite3_stmt*, int);

int __wrap_sqlite3_prepare_v3(sqlite3* connection, const char* sql, int size, unsigned flags,
                              sqlite3_stmt** statement, const char** tail) {
  if (Recorder* recorder = Recorder::of_this_executable()) {
    recorder->prepared(size < 0 ? std::string_view(sql)
                                : std::string_view(sql, static_cast<std::size_t>(size)));
  }
  return __real_sqlite3_prepare_v3(connection, sql, size, flags, statement, tail);
}

int __wrap_sqlite3_bind_int64(sqlite3_stmt* statement, int index, sqlite3_int64 value) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->bound(statement, index, "integer");
  return __real_sqlite3_bind_int64(statement, index, value);
}

int __wrap_sqlite3_bind_double(sqlite3_stmt* statement, int index, double value) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->bound(statement, index, "real");
  return __real_sqlite3_bind_double(statement, index, value);
}

int __wrap_sqlite3_bind_null(sqlite3_stmt* statement, int index) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->bound(statement, index, "null");
  return __real_sqlite3_bind_null(statement, index);
}

int __wrap_sqlite3_bind_text64(sqlite3_stmt* statement, int index, const char* text,
                               sqlite3_uint64 size, void (*release)(void*),
                               unsigned char encoding) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->bound(statement, index, "text");
  return __real_sqlite3_bind_text64(statement, index, text, size, release, encoding);
}

int __wrap_sqlite3_bind_blob64(sqlite3_stmt* statement, int index, const void* data,
                               sqlite3_uint64 size, void (*release)(void*)) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->bound(statement, index, size == 16 ? "uuid" : "blob");
  return __real_sqlite3_bind_blob64(statement, index, data, size, release);
}

sqlite3_int64 __wrap_sqlite3_column_int64(sqlite3_stmt* statement, int column) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->read(statement, column, "integer");
  return __real_sqlite3_column_int64(statement, column);
}

double __wrap_sqlite3_column_double(sqlite3_stmt* statement, int column) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->read(statement, column, "real");
  return __real_sqlite3_column_double(statement, column);
}

const unsigned char* __wrap_sqlite3_column_text(sqlite3_stmt* statement, int column) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->read(statement, column, "text");
  return __real_sqlite3_column_text(statement, column);
}

const void* __wrap_sqlite3_column_blob(sqlite3_stmt* statement, int column) {
  if (Recorder* recorder = Recorder::of_this_executable())
    recorder->read(statement, column, "uuid");
  return __real_sqlite3_column_blob(statement, column);
}

}  // extern "C"
