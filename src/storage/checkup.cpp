#include "storage/checkup.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::storage {

void Check::looked_at(std::int64_t count, std::string_view what) {
  if (!subject_.empty()) subject_ += ", ";
  subject_ += std::to_string(count) + " " + std::string(what);
}

void Check::find(std::string what) {
  ++found_;
  if (findings_.size() < findings_kept) findings_.push_back(std::move(what));
}

void Check::find_rows(Rows rows) {
  while (rows.next())
    find(rows.get<std::string>(0));
}

Check::Result Check::result() const noexcept {
  if (found_ > 0) return Result::failed;
  return skipped_because_.empty() ? Result::ok : Result::skipped;
}

bool Checkup::sound() const noexcept {
  return std::ranges::none_of(
      checks_, [](const Check& check) { return check.result() == Check::Result::failed; });
}

}  // namespace orderflow::storage
