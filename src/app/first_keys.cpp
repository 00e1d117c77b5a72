#include "first_keys.hpp"

#include "access/api_key.hpp"
#include "key_keeper.hpp"
#include "telemetry/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace orderflow::app {
namespace {

namespace fs = std::filesystem;

/// A file for a key that is to be made: it is there, with its mode, before the key is.
class KeyFile {
 public:
  KeyFile(fs::path path, ::mode_t mode)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)) {
    // The process's umask would take from the group what it is to have.
    if (file_ < 0 || ::fchmod(file_, mode) != 0) fail();
  }
  ~KeyFile() {
    if (file_ >= 0) ::close(file_);
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  void write(const std::string& key) {
    const std::string line = key + '\n';
    if (::write(file_, line.data(), line.size()) != static_cast<::ssize_t>(line.size()) ||
        ::fsync(file_) != 0) {
      fail();
    }
  }

 private:
  [[noreturn]] void fail() const {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path_.string());
  }

  fs::path path_;
  int file_;
};

}  // namespace

void make_first_keys(const fs::path& folder, const fs::path& data) {
  const auto keys = keys_in_folder(data, true);
  if (!keys->list().at("keys").empty()) return;
  KeyFile for_operator(folder / "operator.key", 0600);
  KeyFile for_metrics(folder / "metrics.key", 0640);
  const auto make = [&keys](const char* name, const std::vector<std::string>& scopes) {
    return keys->create(name, scopes, std::nullopt).at("key").get<std::string>();
  };
  for_operator.write(make("operator", access::Scopes::all_names()));
  for_metrics.write(make("metrics", {"metrics:read"}));
  telemetry::log("access").info("the first keys were made folder=\"{}\"", folder.string());
}

}  // namespace orderflow::app
