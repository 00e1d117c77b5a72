#include "storage/integrity_report.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::storage {

void IntegrityCheck::looked_at(std::int64_t count, std::string_view what) {
  const auto known =
      std::ranges::find_if(looked_at_, [&](const auto& counted) { return counted.first == what; });
  if (known == looked_at_.end()) {
    looked_at_.emplace_back(what, count);
  } else {
    known->second += count;
  }
}

std::string IntegrityCheck::subject() const {
  std::string text;
  for (const auto& [what, count] : looked_at_) {
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " " + what;
  }
  return text;
}

void IntegrityCheck::report(std::string what) {
  ++found_;
  if (findings_.size() < findings_kept) findings_.push_back(std::move(what));
}

void IntegrityCheck::report_rows(Rows rows) {
  while (rows.next()) {
    std::string finding;
    for (int column = 0; column < rows.column_count(); ++column)
      finding += rows.to_text(column);
    report(std::move(finding));
  }
}

IntegrityCheck::Result IntegrityCheck::result() const noexcept {
  if (found_ > 0) return Result::failed;
  return skipped_because_.empty() ? Result::ok : Result::skipped;
}

IntegrityCheck& IntegrityReport::add(std::string name) {
  const auto known = std::ranges::find(checks_, name, &IntegrityCheck::name);
  return known != checks_.end() ? *known : checks_.emplace_back(std::move(name));
}

bool IntegrityReport::sound() const noexcept {
  return std::ranges::none_of(checks_, [](const IntegrityCheck& check) {
    return check.result() == IntegrityCheck::Result::failed;
  });
}

}  // namespace orderflow::storage
