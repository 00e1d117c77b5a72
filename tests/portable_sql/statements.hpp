#pragma once

#include "source_texts.hpp"
#include "support/sql_recorder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::portable_sql {

/// The SQL of one engine alone, which the other has its own for: the storage layer's pragmas and
/// its looks into the schema. Transactions and savepoints, too, are begun and ended by the engine.
bool is_of_engine(std::string_view sql);

/// A statement as PostgreSQL is given it: `?1` is `$1`, and there is no `INDEXED BY`.
std::string translated(std::string_view sql);

/// The statements of `uses` that read or write rows and are the product's. Tests prepare some of
/// their own, by the same functions: a statement is theirs if a text of a test's source that begins
/// it is longer than each such text of the product.
test::StatementUses of_product(const test::StatementUses& uses,
                               const std::vector<SourceText>& product_texts,
                               const std::vector<SourceText>& test_texts);

/// The texts that no statement has in it: nobody knows what PostgreSQL makes of them.
std::vector<SourceText> never_run(const std::vector<SourceText>& texts,
                                  const test::StatementUses& uses);

}  // namespace orderflow::portable_sql
