// A node on a disk that fills up: a small tmpfs, seen by the test's own thread and its children.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "faults/inspection.hpp"
#include "faults/load.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

const Settings disk_settings{{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                             {"ORDERFLOW_LOG_LEVEL", "warn"}};

/// Why no small disk can be had; empty where `disk` is one now, for this thread and its children.
std::string mount_small_disk(const fs::path& disk, const char* size) {
  if (::unshare(CLONE_NEWNS) != 0) return std::string("unshare: ") + std::strerror(errno);
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return std::string("make the mounts private: ") + std::strerror(errno);
  }
  const std::string options = std::string("mode=700,size=") + size;
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, options.c_str()) != 0) {
    return std::string("mount a tmpfs: ") + std::strerror(errno);
  }
  return {};
}

/// Runs `test` with the path of a disk of `size`, on a thread that alone sees it.
void on_small_disk(const char* size, const std::function<void(const fs::path&)>& test) {
  TemporaryFolder folder;
  const fs::path disk = folder.path() / "disk";
  fs::create_directory(disk);
  std::exception_ptr thrown;
  std::thread thread([&] {
    try {
      const std::string refused = mount_small_disk(disk, size);
      if (!refused.empty()) {
        MESSAGE("SKIPPED, no disk was filled: this user may not " << refused);
        return;
      }
      test(disk);
    } catch (...) {
      thrown = std::current_exception();
    }
  });
  thread.join();
  if (thrown) std::rethrow_exception(thrown);
}

TEST_CASE("a disk that fills up under load costs no acknowledged order") {
  on_small_disk("24m", [](const fs::path& disk) {
    std::vector<Attempt> attempts;
    {
      Process process(serve_command(disk / "data", disk_settings));
      const auto line = process.wait_for_line("listening on http://127.0.0.1:", 120s);
      REQUIRE(line.has_value());
      Load load(20265, 16, 0ms);
      load.serve(static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1))));
      const auto ended = process.wait(240s);
      CAPTURE(process.errors());
      CHECK(ended == ExitStatus{.code = 3});
      attempts = load.stop();
    }
    const auto count = [&](Attempt::Answer answer) {
      return std::ranges::count(attempts, answer, &Attempt::answer);
    };
    MESSAGE(count(Attempt::Answer::acknowledged)
            << " orders were acknowledged before the disk was full, "
            << count(Attempt::Answer::refused) << " refused, " << count(Attempt::Answer::none)
            << " cut off");
    REQUIRE(count(Attempt::Answer::acknowledged) > 100);

    TemporaryFolder larger;
    const fs::path data = larger.path() / "data";
    fs::copy(disk / "data", data, fs::copy_options::recursive);
    check_sound(data);
    Node node(data, disk_settings);
    HttpClient client(node.port());
    Inspection inspection(client, attempts);
    inspection.run(data);
    INFO(inspection.findings().to_text());
    CHECK(inspection.findings().empty());
    node.stop();
    check_sound(data);
  });
}

TEST_CASE("a backup for which there is no room is refused, and the node continues") {
  on_small_disk("24m", [](const fs::path& disk) {
    Node node(disk / "data", disk_settings);
    Load load(20266, 8, 0ms);
    load.serve(node.port());
    load.wait_for_more(300, 120s);
    load.stop();
    const fs::path ballast = disk / "ballast";
    {
      std::ofstream stream(ballast, std::ios::binary);
      const std::string block(64 << 10, 'x');
      while (fs::space(disk).available > (400U << 10))
        stream.write(block.data(), static_cast<std::streamsize>(block.size())).flush();
    }
    HttpClient client(node.port());
    const HttpResponse refused = client.send("POST", "/v1/admin/backup", {}, "");
    CHECK(refused.status == 507);
    CHECK(refused.json().at("type") == "/problems/backup-no-space");
    CHECK(refused.json().at("detail").get<std::string>().find("bytes are free") !=
          std::string::npos);
    CHECK(get(client, "/readyz").at("status") == "ready");
    CHECK(fs::is_empty(disk / "data" / "backups"));

    fs::remove(ballast);
    CHECK(client.send("POST", "/v1/admin/backup", {}, "").status == 201);
    CHECK(settled(client, place(client, order_of("ada", 100)).at("id")).at("status") ==
          "PROCESSED");
  });
}

}  // namespace
}  // namespace orderflow::test
