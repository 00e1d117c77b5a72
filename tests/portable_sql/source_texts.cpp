#include "source_texts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace orderflow::portable_sql {
namespace {

namespace fs = std::filesystem;

bool is_word(char c) noexcept {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Goes through a source once, from the left to the right.
class Reader {
 public:
  Reader(std::string_view source, const std::string& file) : source_(source), file_(file) {}

  std::vector<SourceText> read() {
    while (at_ < source_.size()) {
      if (skip_blank()) continue;
      const int line = line_;
      if (auto text = literal()) {
        append(std::move(*text), line);
        continue;
      }
      is_open_ = false;
      skip_token();
    }
    return std::move(texts_);
  }

 private:
  bool begins(std::string_view text) const { return source_.substr(at_).starts_with(text); }

  void advance(std::size_t count) {
    const std::string_view passed = source_.substr(at_, count);
    line_ += static_cast<int>(std::ranges::count(passed, '\n'));
    at_ += passed.size();
  }

  void advance_behind(std::string_view end, std::size_t from) {
    const std::size_t found = source_.find(end, at_ + from);
    advance(found == std::string_view::npos ? source_.size() - at_ : found + end.size() - at_);
  }

  bool skip_blank() {
    if (begins("//")) {
      advance_behind("\n", 2);
    } else if (begins("/*")) {
      advance_behind("*/", 2);
    } else if (begins("\\\n")) {
      advance(2);
    } else if (std::isspace(static_cast<unsigned char>(source_[at_])) != 0) {
      // A line of the preprocessor is no neighbour of the next.
      if (source_[at_] == '\n' && is_in_directive_) is_open_ = is_in_directive_ = false;
      advance(1);
    } else {
      return false;
    }
    return true;
  }

  void skip_token() {
    if (source_[at_] == '#') is_in_directive_ = true;
    if (source_[at_] == '\'') {
      skip_character();
    } else if (is_word(source_[at_])) {
      // A number has its separators in it, which begin no character.
      const bool is_number = std::isdigit(static_cast<unsigned char>(source_[at_])) != 0;
      std::size_t size = 1;
      while (at_ + size < source_.size() &&
             (is_word(source_[at_ + size]) || (is_number && source_[at_ + size] == '\'')))
        ++size;
      advance(size);
    } else {
      advance(1);
    }
  }

  void skip_character() {
    advance(1);
    while (at_ < source_.size() && source_[at_] != '\'')
      advance(source_[at_] == '\\' ? 2 : 1);
    advance(1);
  }

  std::optional<std::string> literal() {
    if (begins("R\"")) return raw_literal();
    if (begins("u8\"")) advance(2);
    if (source_[at_] != '"') return std::nullopt;
    std::string text;
    advance(1);
    while (at_ < source_.size() && source_[at_] != '"') {
      if (source_[at_] == '\\') {
        advance(1);
        if (source_[at_] == 'n') {
          text += '\n';
        } else if (source_[at_] != '\n') {
          text += source_[at_];
        }
      } else {
        text += source_[at_];
      }
      advance(1);
    }
    advance(1);
    return text;
  }

  std::string raw_literal() {
    const std::size_t open = source_.find('(', at_);
    if (open == std::string_view::npos) throw std::runtime_error(file_ + ": an endless literal");
    std::string end = ")";
    end += source_.substr(at_ + 2, open - at_ - 2);
    end += '"';
    const std::size_t begin = open + 1;
    advance_behind(end, begin - at_);
    return std::string(source_.substr(begin, at_ - end.size() - begin));
  }

  void append(std::string text, int line) {
    if (is_open_) {
      texts_.back().text += text;
    } else {
      texts_.push_back({.file = file_, .line = line, .text = std::move(text)});
    }
    is_open_ = true;
  }

  const std::string_view source_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool is_open_ = false;  ///< the last text goes on where a literal follows
  bool is_in_directive_ = false;
  std::vector<SourceText> texts_;
};

bool is_sql(std::string_view text) {
  constexpr std::array words{"WHERE ", " FROM ", "ORDER BY ", "ON CONFLICT", " SET ", " VALUES"};
  return begins_statement(text) || std::ranges::any_of(words, [&](std::string_view word) {
           return text.find(word) != std::string_view::npos;
         });
}

bool is_source(const fs::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".hpp";
}

}  // namespace

bool begins_statement(std::string_view text) {
  constexpr std::array verbs{"SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "WITH "};
  return std::ranges::any_of(verbs, [&](std::string_view verb) { return text.starts_with(verb); });
}

std::vector<SourceText> texts_of(std::string_view source, const std::string& file) {
  return Reader(source, file).read();
}

std::vector<SourceText> sql_texts(const fs::path& root, const std::vector<std::string>& folders) {
  std::vector<SourceText> all;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string source{std::istreambuf_iterator<char>{in}, {}};
      for (SourceText& text :
           texts_of(source, entry.path().lexically_relative(root).generic_string())) {
        if (is_sql(text.text)) all.push_back(std::move(text));
      }
    }
  }
  return all;
}

}  // namespace orderflow::portable_sql
