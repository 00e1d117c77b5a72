#pragma once

#include "config/rules.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::config {

class Document;

/// A view of one part of a document, such as `http`; small, copied freely, valid while the document
/// lives. Each read makes its key known to the document with its default and what is allowed; a
/// value that is not allowed gives the default and is reported by `Document::check`, so that one
/// run finds all problems.
///
///     const config::Section http = document.section("http");
///     const auto port = http.integer("port", 8080, 0, 65535);
///     const auto idle_timeout = http.milliseconds("idleTimeoutMs", 60s, 1s, 10min);
///
/// A key is a name in camelCase and, where it has a unit, ends in it. Defaults must be allowed
/// themselves: `std::logic_error` otherwise.
class Section {
 public:
  /// The part below this one, `key` in the file being an object.
  Section section(std::string_view key) const;

  std::string text(std::string_view key, std::string_view default_value,
                   const TextRule& rule = {}) const;

  /// A text of which a part may be secret. With that part it may be given only in the environment,
  /// and is shown masked.
  std::string text_with_secret(std::string_view key, std::string_view default_value,
                               const SecretPart& secret, const TextRule& rule = {}) const;

  /// The same for one text or a list of them: none where nothing is given, or an empty text. What
  /// is given as text is one.
  std::vector<std::string> texts_with_secret(std::string_view key, const SecretPart& secret,
                                             const TextsRule& rule = {}) const;

  /// The environment variable `variable` gives this key too; the key's own variable takes
  /// precedence. Call this before the key is read.
  void also_named(std::string_view key, std::string_view variable) const;

  /// The keys of this part may also be spelled below `path`, where they stood before: in the file,
  /// in the environment and in flags. Both spellings in one source must agree. Call this before
  /// they are read.
  void also_at(std::string_view path) const;

  /// One of `allowed`.
  std::string choice(std::string_view key, std::string_view default_value,
                     const std::vector<std::string>& allowed) const;

  /// A whole number within [min, max].
  std::int64_t integer(std::string_view key, std::int64_t default_value, std::int64_t min,
                       std::int64_t max) const;

  /// A finite number within [min, max].
  double number(std::string_view key, double default_value, double min, double max) const;

  /// `true` or `false`; in the environment and in flags also `1` or `0`.
  bool boolean(std::string_view key, bool default_value) const;

  /// A whole number of milliseconds within [min, max]. The key should end in `Ms`.
  std::chrono::milliseconds milliseconds(std::string_view key,
                                         std::chrono::milliseconds default_value,
                                         std::chrono::milliseconds min,
                                         std::chrono::milliseconds max) const;

  /// A list. In the environment and in flags a JSON list, or items with commas between; empty text
  /// is the empty list.
  std::vector<std::string> texts(std::string_view key,
                                 const std::vector<std::string>& default_value,
                                 const TextsRule& rule = {}) const;

  /// Whole numbers by name, an object in the file; JSON in the environment and in flags. A stronger
  /// source replaces the object as a whole.
  std::map<std::string, std::int64_t> integers_by_name(
      std::string_view key, const std::map<std::string, std::int64_t>& default_value,
      const IntegersRule& rule = {}) const;

  /// A text that is never shown: from the environment, or from the file that the setting
  /// `<key>File` names; nothing where neither is given. That file must be readable by its owner
  /// alone (mode 0600 or less); a line end at its end is dropped. The secret itself may be
  /// neither in the settings file nor in a flag, where others could read it. 1 to 4096 characters.
  std::optional<std::string> secret(std::string_view key) const;

 private:
  friend class Document;
  Section(Document& document, std::string path);

  std::string path_of(std::string_view key) const;

  Document* document_;
  std::string path_;  // empty for the root
};

}  // namespace orderflow::config
