#include "config/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace orderflow::config {
namespace {

constexpr std::size_t largest_secret_bytes = std::size_t{64} << 10;

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const noexcept { return number_; }

 private:
  int number_;
};

[[noreturn]] void refuse_because_of(int error) {
  throw SecretFileRefused("the file cannot be read: " + std::generic_category().message(error));
}

std::string octal(unsigned mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", mode);
  return text;
}

}  // namespace

std::string read_secret_file(const std::filesystem::path& path) {
  // Non-blocking, so that a named pipe is refused below instead of waited for.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number() < 0) refuse_because_of(errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) refuse_because_of(errno);
  if (!S_ISREG(status.st_mode)) throw SecretFileRefused("expected a regular file");
  if ((status.st_mode & 0077U) != 0) {
    throw SecretFileRefused("the file has mode " + octal(status.st_mode & 07777U) +
                            ", allowed is 0600: readable by its owner alone");
  }
  std::string content(largest_secret_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file.number(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse_because_of(errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > largest_secret_bytes) throw SecretFileRefused("the file is larger than 64 KiB");
  content.resize(size);
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  return content;
}

}  // namespace orderflow::config
