#pragma once

#include "config/problem.hpp"
#include "config/section.hpp"
#include "config/settings_file.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::config {

struct Kind;

/// A setting given on the command line.
struct Override {
  std::string path;       ///< `http.port`
  std::string value;      ///< as text, read like an environment variable's
  std::string flag = {};  ///< what the user typed, `--port`, for messages; may be empty
};

/// Where settings come from, the weakest first. What none of them gives has its default.
struct Sources {
  std::optional<std::filesystem::path> file = {};
  std::vector<std::string> environment = {};  ///< `NAME=value`; few are read besides our own
  std::vector<Override> overrides = {};       ///< of two with one path the last one counts
};

/// The settings of one process: read at the start, then checked, then forgotten.
///
///     config::Document document{{.file = path, .environment = config::process_environment()}};
///     const auto http = http_settings(document.section("http"));
///     document.check();
///
/// A value of a stronger source replaces that of a weaker one; both must be allowed. Environment
/// variables are named by `environment_name`, and some have a second name (`Section::also_named`);
/// a part can have a second place (`Section::also_at`). Not safe for concurrent use.
class Document {
 public:
  /// Reads the file. Throws `Invalid` where it cannot be read or is not sound JSON; all other
  /// problems are reported by `check`.
  explicit Document(Sources sources);

  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  Section root();
  /// The part at `path`, such as `http` or `billing.fraud`.
  Section section(std::string_view path);

  /// To be called after everything was read. Throws `Invalid` with every problem: values that are
  /// not allowed, and keys, variables and flags that nothing has read, with the nearest known name.
  void check() const;

  /// Every key that was read, in order of reading: `{"http.port": {"value", "source", "where",
  /// "default", "allowed"}}`. `source` is "default", "file", "environment" or "flag", `where` the
  /// exact place (absent for a default). Secrets are masked; one that is not given is null.
  nlohmann::ordered_json effective() const;

  /// A JSON Schema (draft 7) of a settings file: every key that was read, and no other. Secrets,
  /// which may not be in a file, are not in it.
  nlohmann::ordered_json schema() const;

 private:
  friend class Section;

  struct Given {
    std::string path;  // as it is spelled there
    std::string_view source;
    std::string where;
    nlohmann::json value;
    bool is_text;  // of an environment variable or flag: its kind is not known yet
  };

  struct Known {
    nlohmann::json default_value;
    nlohmann::json value;
    std::string_view source;
    std::string where;
    std::string allowed;
    nlohmann::ordered_json schema;  // null where it may not be in a file
  };

  /// An allowed value for `path`: that of the strongest source, else the default.
  nlohmann::json read(const std::string& path, const nlohmann::json& default_value,
                      const Kind& kind);
  std::optional<std::string> read_secret(const std::string& path);
  void add_name(const std::string& path, std::string variable);
  void add_place(const std::string& path, std::string other);

  /// A key and how else it may be spelled, the strongest last.
  std::vector<std::string> spellings(const std::string& path) const;
  /// Of what one source gives in two spellings.
  void report_contradictions(const std::vector<Given>& given);

  std::vector<Given> given(const std::string& path) const;  // the weakest first
  void declare(const std::string& path, Known known);
  void report(Problem problem);
  std::vector<Problem> unknown_names() const;

  SettingsFile file_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, std::string> other_names_;   // path to a variable without our prefix
  std::map<std::string, std::string> other_places_;  // path of a part to its former path
  std::vector<Override> overrides_;

  std::set<std::string> sections_;
  std::map<std::string, Known> known_;
  std::vector<std::string> order_;                  // the paths of known_, as they were read
  std::map<std::string, std::string> known_names_;  // environment variable to path
  std::vector<Problem> problems_;
};

}  // namespace orderflow::config
