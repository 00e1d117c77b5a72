#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace orderflow::test {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& end) noexcept {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string_view text(*line);
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(command.environment.begin(), command.environment.end(),
                                      [&](const auto& entry) { return entry.first == name; });
    const bool withheld =
        !command.withheld_prefix.empty() && name.starts_with(command.withheld_prefix);
    if (!replaced && !withheld) lines.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment)
    lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// In the child of a process that may have other threads: nothing but system calls.
[[noreturn]] void become(const char* executable, char* const* arguments, char* const* environment,
                         int output, int errors, int failure, pid_t parent) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool orphan = ::getppid() != parent;
  if (!orphan && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
      ::dup2(errors, STDERR_FILENO) >= 0) {
    ::execve(executable, arguments, environment);
  }
  const int reason = errno;
  [[maybe_unused]] const ssize_t written = ::write(failure, &reason, sizeof reason);
  ::_exit(127);
}

}  // namespace

Process::Process(const Command& command) {
  std::vector<std::string> arguments{command.executable.string()};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = environment_of(command);
  const std::vector<char*> argument_pointers = pointers_to(arguments);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  Pipe output;
  Pipe errors;
  Pipe failure;

  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    become(argument_pointers.front(), argument_pointers.data(), environment_pointers.data(),
           output.write_end, errors.write_end, failure.write_end, parent);
  }
  Pipe::close_end(output.write_end);
  Pipe::close_end(errors.write_end);
  Pipe::close_end(failure.write_end);

  int reason = 0;
  if (::read(failure.read_end, &reason, sizeof reason) == sizeof reason) {
    ::waitpid(pid_, nullptr, 0);
    throw std::system_error(reason, std::generic_category(),
                            "cannot run " + command.executable.string());
  }
  pid_descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pid_descriptor_ < 0) {
    const int error = errno;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw std::system_error(error, std::generic_category(), "pidfd_open");
  }
  gatherer_ = std::thread(&Process::gather, this, std::exchange(output.read_end, -1),
                          std::exchange(errors.read_end, -1));
}

Process::~Process() {
  if (!exit_) {
    send(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(pid_descriptor_);
  if (gatherer_.joinable()) gatherer_.join();
}

void Process::gather(int output, int errors) {
  std::array<pollfd, 2> sources{pollfd{output, POLLIN, 0}, pollfd{errors, POLLIN, 0}};
  std::array<std::string*, 2> texts{&output_, &errors_};
  std::array<char, 16384> chunk{};
  while (sources[0].fd >= 0 || sources[1].fd >= 0) {
    if (::poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].fd < 0 || sources[i].revents == 0) continue;
      const ssize_t size = ::read(sources[i].fd, chunk.data(), chunk.size());
      if (size <= 0) {
        ::close(std::exchange(sources[i].fd, -1));
        continue;
      }
      {
        const std::lock_guard lock(mutex_);
        texts[i]->append(chunk.data(), static_cast<std::size_t>(size));
      }
      grown_.notify_all();
    }
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  grown_.notify_all();
}

std::optional<std::string> Process::wait_for_line(std::string_view text,
                                                  std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::unique_lock lock(mutex_);
  for (std::size_t begin = 0;;) {
    const std::size_t end = output_.find('\n', begin);
    if (end != std::string::npos) {
      const std::string_view line = std::string_view(output_).substr(begin, end - begin);
      if (line.find(text) != std::string_view::npos) return std::string(line);
      begin = end + 1;
    } else if (ended_ || grown_.wait_until(lock, deadline) == std::cv_status::timeout) {
      return std::nullopt;
    }
  }
}

void Process::send(int signal) {
  if (!exit_) ::kill(pid_, signal);
}

std::optional<ExitStatus> Process::wait(std::chrono::milliseconds limit) {
  if (exit_) return exit_;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  pollfd source{pid_descriptor_, POLLIN, 0};
  int ready = 0;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    ready = ::poll(&source, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return std::nullopt;

  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_ =
      WIFSIGNALED(status) ? ExitStatus{-1, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
  gatherer_.join();
  return exit_;
}

std::string Process::output() {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string Process::errors() {
  const std::lock_guard lock(mutex_);
  return errors_;
}

}  // namespace orderflow::test
