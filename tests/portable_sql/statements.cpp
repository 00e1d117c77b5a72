#include "statements.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace orderflow::portable_sql {
namespace {

std::size_t longest_begin(std::string_view sql, const std::vector<SourceText>& texts) {
  std::size_t longest = 0;
  for (const SourceText& text : texts) {
    if (text.text.size() > longest && begins_statement(text.text) && sql.starts_with(text.text))
      longest = text.text.size();
  }
  return longest;
}

std::size_t word_size(std::string_view text) {
  const auto end = std::ranges::find_if_not(
      text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
  return static_cast<std::size_t>(std::distance(text.begin(), end));
}

}  // namespace

bool is_of_engine(std::string_view sql) {
  return sql.starts_with("PRAGMA ") || sql.find("sqlite_schema") != std::string_view::npos ||
         sql.find("pragma_") != std::string_view::npos;
}

std::string translated(std::string_view sql) {
  constexpr std::string_view hint = " INDEXED BY ";
  std::string text;
  bool is_quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') is_quoted = !is_quoted;
    if (is_quoted) {
      text += sql[i];
    } else if (sql[i] == '?') {
      text += '$';
    } else if (sql.substr(i).starts_with(hint)) {
      i += hint.size() + word_size(sql.substr(i + hint.size())) - 1;
    } else {
      text += sql[i];
    }
  }
  return text;
}

test::StatementUses of_product(const test::StatementUses& uses,
                               const std::vector<SourceText>& product_texts,
                               const std::vector<SourceText>& test_texts) {
  test::StatementUses product;
  for (const auto& [sql, use] : uses) {
    if (!begins_statement(sql) || is_of_engine(sql)) continue;
    if (longest_begin(sql, test_texts) > longest_begin(sql, product_texts)) continue;
    product.emplace(sql, use);
  }
  return product;
}

std::vector<SourceText> never_run(const std::vector<SourceText>& texts,
                                  const test::StatementUses& uses) {
  std::vector<SourceText> missing;
  std::ranges::copy_if(texts, std::back_inserter(missing), [&](const SourceText& text) {
    return std::ranges::none_of(
        uses, [&](const auto& used) { return used.first.find(text.text) != std::string::npos; });
  });
  return missing;
}

}  // namespace orderflow::portable_sql
