#pragma once

#include "source_tree.hpp"

#include <string>
#include <vector>

namespace orderflow::architecture {

/// Each rule gives one line per violation, `path:line: what is wrong`, and nothing where it holds.
using Violations = std::vector<std::string>;

/// The arrows between folders:
///
///     app -> modules -> src/host -> src/{http,events,storage,telemetry,config} -> src/core
///
/// A module uses its own files, host and what is below it, and of another module the contract
/// alone. A contract uses core and contracts of its own module. app uses of a module its module.hpp
/// alone. The rooms that app puts together (admin, api_docs, event_api, key_admin, monitoring)
/// stand beside the modules and know nothing of them; commands stand above app, and of app main.cpp
/// alone knows them.
///
/// A folder inside of a folder of src, such as src/events/log, is a room of it: its files are in
/// the same library and namespace, and its arrows to the other rooms are checked in the same way.
/// So it is with a folder inside of a module, such as modules/billing/books.
Violations check_arrows(const SourceTree& tree);

/// In a module, own files are included by their plain name, contracts by
/// `<module>/contract/<file>`; nothing anywhere by a relative path.
Violations check_include_forms(const SourceTree& tree);

/// Beast is included by src/http alone, sqlite3.h by src/storage alone.
Violations check_libraries(const SourceTree& tree);

/// Statements that change the schema stand in migrations/ alone. The table in which the migrations
/// themselves are recorded is the one exception.
Violations check_schema_statements(const SourceTree& tree);

/// SQL on the event core's tables stands in the stores of src/events alone: files that end in
/// `_store`, and log/event_log.
Violations check_event_tables(const SourceTree& tree);

/// The composition root has no SQL.
Violations check_composition(const SourceTree& tree);

/// Nothing is called by a word that means nothing: util, common, helper, manager, misc.
Violations check_names(const SourceTree& tree);

/// What a C library (libcurl, SQLite, OpenSSL) calls back is handed over by core::never_throws: no
/// exception may leave it.
Violations check_callbacks(const SourceTree& tree);

/// All of the above.
Violations check_all(const SourceTree& tree);

}  // namespace orderflow::architecture
