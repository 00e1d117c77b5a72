#include "support/postgres_server.hpp"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto server_start_limit = 60s;
constexpr auto server_stop_limit = 5s;
constexpr const char* server_user = "postgres";

/// The programs of the newest version, of which Debian keeps several side by side.
fs::path programs() {
  fs::path newest;
  int newest_version = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const std::string name = entry.path().filename().string();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (version <= newest_version || !fs::exists(entry.path() / "bin" / "initdb")) continue;
    newest = entry.path() / "bin";
    newest_version = version;
  }
  // Others keep one version among all programs.
  if (newest.empty() && fs::exists("/usr/bin/initdb")) newest = "/usr/bin";
  if (newest.empty()) {
    throw std::runtime_error("PostgreSQL is not installed: scripts/setup installs it");
  }
  return newest;
}

/// Both streams of output in one, as the user that the server runs as.
Command as_server_user(const fs::path& program, const std::vector<std::string>& arguments) {
  Command command{.executable = "/bin/sh",
                  .arguments = {"-c", "exec \"$@\" 2>&1", "sh"},
                  .environment = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}},
                  .withheld_prefix = "PG"};
  if (::geteuid() == 0) {
    const std::string user = server_user;
    for (const std::string& word : {std::string("setpriv"), "--reuid=" + user, "--regid=" + user,
                                    std::string("--clear-groups"), std::string("--pdeathsig=KILL")})
      command.arguments.push_back(word);
  }
  command.arguments.push_back(program.string());
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return command;
}

void give_to_server_user(const fs::path& folder) {
  if (::geteuid() != 0) return;
  const passwd* user = ::getpwnam(server_user);
  if (user == nullptr || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + folder.string() + " to the user " + server_user);
  }
}

}  // namespace

PostgresServer::PostgresServer() {
  give_to_server_user(folder_.path());
  const std::string data = folder_.path() / "data";
  const fs::path bin = programs();
  Process init(as_server_user(
      bin / "initdb",
      {"--pgdata=" + data, "--username=orderflow", "--auth=trust", "--encoding=UTF8",
       "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync"}));
  if (init.wait(server_start_limit) != ExitStatus{.code = 0, .signal = 0}) {
    throw std::runtime_error("initdb fails: " + init.output());
  }
  server_ = std::make_unique<Process>(as_server_user(
      bin / "postgres", {"-D", data, "-c", "listen_addresses=", "-c",
                         "unix_socket_directories=" + folder_.path().string(), "-c", "fsync=off"}));
  if (!server_->wait_for_line("database system is ready to accept connections",
                              server_start_limit)) {
    throw std::runtime_error("PostgreSQL does not start: " + server_->output());
  }
}

PostgresServer::~PostgresServer() {
  if (!server_) return;
  // At once, but not without a word: it has shared memory to give back.
  server_->send(SIGQUIT);
  server_->wait(server_stop_limit);
}

std::string PostgresServer::connection_text() const {
  return "host=" + folder_.path().string() + " user=orderflow dbname=postgres";
}

}  // namespace orderflow::test
