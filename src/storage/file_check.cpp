#include "storage/file_check.hpp"

#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "storage/own_file.hpp"
#include "storage/ownership.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;

// sqlite.org/fileformat2.html#the_database_header
constexpr std::size_t file_header_bytes = 100;
constexpr std::size_t file_page_size_at = 16;
constexpr std::size_t change_counter_at = 24;
constexpr std::size_t pages_at = 28;
constexpr std::size_t pages_valid_for_at = 92;

using FileHeader = std::array<unsigned char, file_header_bytes>;

std::uint64_t big_endian(const FileHeader& header, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + size; ++i)
    value = (value << 8U) | header.at(i);
  return value;
}

/// What the header states; 0 where it does not know.
std::uint64_t declared_bytes(const FileHeader& header) {
  // A version of SQLite that leaves the number of pages alone leaves this alone too.
  if (big_endian(header, change_counter_at, 4) != big_endian(header, pages_valid_for_at, 4))
    return 0;
  const std::uint64_t page = big_endian(header, file_page_size_at, 2);
  return big_endian(header, pages_at, 4) * (page == 1 ? 65'536 : page);
}

[[noreturn]] void refuse_damaged(const fs::path& file, const std::string& finding) {
  throw FileRefused(file.string() + " is damaged: " + finding +
                    ". Restore a backup: docs/operations.md");
}

}  // namespace

void require_uncut(const fs::path& file) {
  std::error_code none;
  const auto log_bytes = fs::file_size(file.string() + "-wal", none);
  if (!none && log_bytes > 0) return;
  const auto bytes = fs::file_size(file, none);
  if (none || bytes == 0) return;
  FileHeader header{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(header.data()), file_header_bytes);
  if (stream.gcount() == 0) return;
  const std::uint64_t declared = declared_bytes(header);
  if (bytes >= declared) return;
  refuse_damaged(file,
                 "it has " + std::to_string(bytes) + " of " + std::to_string(declared) + " bytes");
}

void require_sound(const fs::path& file) {
  std::string finding = "no answer";
  try {
    Connection connection(file, Connection::Mode::read_only);
    auto rows = connection.session(Ownership::storage_layer).query("PRAGMA quick_check(1)");
    if (rows.next()) finding = rows.get<std::string>(0);
  } catch (const Error& e) {
    finding = e.what();
  }
  if (finding != "ok") refuse_damaged(file, finding);
}

}  // namespace orderflow::storage
