#include "mail/maildir.hpp"
#include "mail_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace orderflow::notifications {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

/// Few are synchronised one by one, many together: what holds for one must hold for the other.
constexpr std::size_t counts[] = {1, 2, 3, 100};

std::vector<MailFile> letters(std::size_t count, const std::string& bytes = "text") {
  std::vector<MailFile> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back({std::to_string(i) + ".eml", bytes, {}});
  return all;
}

void check_stored(const std::vector<MailFile>& all) {
  for (const MailFile& letter : all)
    CHECK(letter.error == "");
}

fs::perms mode_of(const fs::path& path) {
  return fs::status(path).permissions();
}

}  // namespace

TEST_CASE("letters are stored whole, and nothing stays behind") {
  for (const std::size_t count : counts) {
    CAPTURE(count);
    const MailFolder folder;
    Maildir maildir(folder.path());
    auto all = letters(count, std::string(100'000, 'x'));
    maildir.store(all);
    check_stored(all);
    CHECK(folder.names().size() == count);
    CHECK(names_in(folder.temporary()).empty());
    for (const MailFile& letter : all) {
      CHECK(content_of(folder.finished() / letter.name) == letter.bytes);
    }
  }
}

TEST_CASE("only the owner reads mail") {
  const MailFolder folder;
  Maildir maildir(folder.path());
  auto all = letters(1);
  maildir.store(all);
  for (const fs::path& one :
       {folder.path(), folder.finished(), folder.temporary(), folder.path() / "cur"}) {
    CHECK(mode_of(one) == fs::perms::owner_all);
  }
  CHECK(mode_of(folder.finished() / "0.eml") == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("letters that are too old, or too many, go, the oldest first and no other") {
  const MailFolder folder;
  Maildir maildir(folder.path());
  auto all = letters(10);
  maildir.store(all);
  const auto now = fs::file_time_type::clock::now();
  for (int i = 0; i < 10; ++i) {
    fs::last_write_time(folder.finished() / (std::to_string(i) + ".eml"),
                        now - std::chrono::hours{10 * (10 - i)});
  }
  // A reader has seen one of them.
  fs::rename(folder.finished() / "1.eml", folder.path() / "cur" / "1.eml:2,S");
  CHECK(maildir.remove_old({.letters_max = 0, .age_max = std::chrono::hours{0}}, now) == 0);
  CHECK(maildir.remove_old({.letters_max = 0, .age_max = std::chrono::hours{85}}, now) == 2);
  CHECK(names_in(folder.path() / "cur").empty());
  CHECK_FALSE(folder.names().contains("0.eml"));
  CHECK(maildir.remove_old({.letters_max = 3, .age_max = std::chrono::hours{0}}, now) == 5);
  CHECK(folder.names() == Names{"7.eml", "8.eml", "9.eml"});
  CHECK(maildir.remove_old({}, now) == 0);
}

TEST_CASE("a second letter of one name replaces the first, also in one batch") {
  for (const std::size_t count : counts) {
    CAPTURE(count);
    const MailFolder folder;
    Maildir maildir(folder.path());
    std::vector<MailFile> all(count, {"same.eml", "first", {}});
    all.push_back({"same.eml", "last", {}});
    maildir.store(all);
    check_stored(all);
    CHECK(folder.names() == Names{"same.eml"});
    CHECK(content_of(folder.finished() / "same.eml") == "last");
    CHECK(names_in(folder.temporary()).empty());
  }
}

TEST_CASE("a letter that cannot be stored holds up no other one") {
  for (const std::size_t count : counts) {
    CAPTURE(count);
    const MailFolder folder;
    Maildir maildir(folder.path());
    auto all = letters(count);
    all.push_back({"no such folder/x.eml", "text", {}});
    maildir.store(all);
    CHECK(all.back().error == "cannot move a mail file to new: No such file or directory");
    all.pop_back();
    check_stored(all);
    CHECK(folder.names().size() == count);
    CHECK(names_in(folder.temporary()).empty());
  }
}

TEST_CASE("a folder that cannot be used fails every letter, and works again once it is repaired") {
  const MailFolder folder;
  Maildir maildir(folder.path());
  fs::remove(folder.temporary());
  std::ofstream{folder.temporary()} << "in the way";
  auto all = letters(2);
  maildir.store(all);
  for (const MailFile& letter : all) {
    CHECK(letter.error.find("tmp") != std::string::npos);
    CHECK(letter.error.find("cannot make the mail folder") != std::string::npos);
  }
  CHECK(folder.names().empty());

  fs::remove(folder.temporary());
  all = letters(2);
  maildir.store(all);
  check_stored(all);
  CHECK(folder.names().size() == 2);
}

TEST_CASE("a folder that was removed is made again") {
  const MailFolder folder;
  Maildir maildir(folder.path());
  fs::remove_all(folder.path());
  auto all = letters(1);
  maildir.store(all);
  check_stored(all);
  CHECK(folder.names() == Names{"0.eml"});
}

TEST_CASE("a folder that cannot be made is reported at once") {
  const MailFolder folder;
  std::ofstream{folder.path()} << "in the way";
  CHECK_THROWS_AS(Maildir{folder.path()}, MaildirError);
  CHECK_THROWS_AS(Maildir{folder.path() / "below"}, MaildirError);
}

TEST_CASE("what a crash has left is removed at the start, what others own is not") {
  const MailFolder folder;
  { Maildir maildir(folder.path()); }
  std::ofstream{folder.temporary() / "1.0.part"} << "half a let";
  std::ofstream{folder.temporary() / "1700000000.M1P2.host"} << "of another program";
  Maildir maildir(folder.path());
  CHECK(names_in(folder.temporary()) == Names{"1700000000.M1P2.host"});
}

TEST_CASE("a second user of the folder leaves alone what the first one is writing") {
  const MailFolder folder;
  Maildir first(folder.path());
  std::ofstream{folder.temporary() / "1.0.part"} << "being written";
  Maildir second(folder.path());
  CHECK(names_in(folder.temporary()) == Names{"1.0.part"});
  auto all = letters(100);
  auto others = all;
  for (MailFile& letter : others)
    letter.name = "other-" + letter.name;
  std::thread beside([&] { second.store(others); });
  first.store(all);
  beside.join();
  check_stored(all);
  check_stored(others);
  CHECK(folder.names().size() == 200);
}

TEST_CASE("nobody ever sees half a letter") {
  const MailFolder folder;
  Maildir maildir(folder.path());
  const std::string whole(50'000, 'x');
  std::atomic<bool> done = false;
  std::size_t seen = 0;
  std::size_t halves = 0;
  std::thread reader([&] {
    for (bool last = false; !last;) {
      last = done;
      for (const std::string& name : folder.names()) {
        ++seen;
        if (content_of(folder.finished() / name).size() != whole.size()) ++halves;
      }
    }
  });
  for (const std::size_t count : {20U, 2U, 20U, 1U, 20U}) {
    auto all = letters(count, whole);
    maildir.store(all);
    check_stored(all);
  }
  done = true;
  reader.join();
  CHECK(seen >= 20);
  CHECK(halves == 0);
}

}  // namespace orderflow::notifications
