#include "mail/file_channel.hpp"
#include "mail_folder.hpp"
#include "parsed_mail.hpp"
#include "sample_events.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace orderflow::notifications {
namespace {

using Names = std::set<std::string>;
using Ending = DeliveryResult::Status;

/// Hands messages to a channel at the same time, on one context, and keeps the results.
class Callers {
 public:
  explicit Callers(Channel& channel) : channel_(channel) {}

  void call(Message message) {
    calls_.push_back(std::make_unique<Call>(Call{std::move(message), {}, {}}));
    Call& call = *calls_.back();
    boost::asio::co_spawn(context_, deliver(call), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }

  /// Runs until every caller was resumed.
  void run() {
    context_.restart();
    context_.run();
  }

  std::size_t poll_one() { return context_.poll_one(); }

  std::map<Ending, std::size_t> counts() const {
    std::map<Ending, std::size_t> counts;
    for (const auto& call : calls_)
      ++counts[call->result.status];
    return counts;
  }
  const DeliveryResult& last() const { return calls_.back()->result; }
  bool all_resumed_here() const {
    for (const auto& call : calls_) {
      if (call->resumed_on != std::this_thread::get_id()) return false;
    }
    return true;
  }

 private:
  struct Call {
    Message message;
    DeliveryResult result;
    std::thread::id resumed_on;
  };

  boost::asio::awaitable<void> deliver(Call& call) {
    DeliveryResult result = co_await channel_.deliver(call.message);
    call.result = std::move(result);
    call.resumed_on = std::this_thread::get_id();
  }

  Channel& channel_;
  boost::asio::io_context context_;
  std::vector<std::unique_ptr<Call>> calls_;
};

}  // namespace

TEST_CASE("a delivered message is a whole mail in new, named by its notification") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  Callers callers(channel);
  callers.call(sample_message());
  callers.run();
  CHECK(callers.last().status == Ending::delivered);
  CHECK(folder.names() == Names{order_id(1) + ".eml"});
  CHECK(names_in(folder.temporary()).empty());
  const ParsedMail mail = parse_mail(content_of(folder.finished() / (order_id(1) + ".eml")));
  CHECK(mail.header("Message-ID") == "<" + order_id(1) + "@orderflow.local>");
  CHECK(mail.parts.at(0).body == sample_message().text);
}

TEST_CASE("a thousand messages at the same time are a thousand mails") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  Callers callers(channel);
  for (int number = 1; number <= 1000; ++number)
    callers.call(sample_message(number));
  callers.run();
  CHECK(callers.counts() == std::map<Ending, std::size_t>{{Ending::delivered, 1000}});
  CHECK(callers.all_resumed_here());
  CHECK(folder.names().size() == 1000);
  CHECK(names_in(folder.temporary()).empty());
  for (int number = 1; number <= 1000; ++number) {
    const ParsedMail mail = parse_mail(content_of(folder.finished() / (order_id(number) + ".eml")));
    CHECK(mail.header("Message-ID") == "<" + order_id(number) + "@orderflow.local>");
  }
}

TEST_CASE("callers on several contexts are resumed each on its own") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  std::vector<std::thread> threads;
  std::vector<int> well(4, 0);
  for (int part = 0; part < 4; ++part) {
    threads.emplace_back([&, part] {
      Callers callers(channel);
      for (int i = 0; i < 50; ++i)
        callers.call(sample_message(100 * part + i));
      callers.run();
      well[static_cast<std::size_t>(part)] =
          callers.all_resumed_here() && callers.counts()[Ending::delivered] == 50;
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  CHECK(well == std::vector<int>{1, 1, 1, 1});
  CHECK(folder.names().size() == 200);
}

TEST_CASE("the same notification twice is one mail") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  Callers callers(channel);
  callers.call(sample_message());
  callers.run();
  for (int attempt = 0; attempt < 20; ++attempt)
    callers.call(sample_message());
  callers.run();
  CHECK(callers.counts() == std::map<Ending, std::size_t>{{Ending::delivered, 21}});
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a message that cannot be a mail is refused, and the others of its batch are delivered") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  Callers callers(channel);
  for (int number = 1; number <= 10; ++number)
    callers.call(sample_message(number));
  Message bad = sample_message(11);
  bad.recipient = "ann@example.com\r\nBcc: all@example.com";
  callers.call(bad);
  callers.run();
  CHECK(callers.counts() ==
        std::map<Ending, std::size_t>{{Ending::delivered, 10}, {Ending::refused, 1}});
  CHECK(callers.last().error == "the recipient's address cannot stand in a mail header");
  CHECK(folder.names().size() == 10);
}

TEST_CASE("a message to a domain that reaches nobody is refused, as every mail server does") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  Callers callers(channel);
  callers.call(sample_message(1));
  Message lost = sample_message(2);
  lost.recipient = "ann@mailbox.invalid";
  callers.call(lost);
  callers.run();
  CHECK(callers.counts() ==
        std::map<Ending, std::size_t>{{Ending::delivered, 1}, {Ending::refused, 1}});
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a folder that cannot be written fails the message, to be tried again") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender());
  std::filesystem::remove(folder.finished());
  std::ofstream{folder.finished()} << "in the way";
  Callers callers(channel);
  callers.call(sample_message());
  callers.run();
  CHECK(callers.last().status == Ending::failed);
  CHECK(callers.last().error.find("cannot make the mail folder") != std::string::npos);

  std::filesystem::remove(folder.finished());
  callers.call(sample_message());
  callers.run();
  CHECK(callers.last().status == Ending::delivered);
  CHECK(folder.names().size() == 1);
}

TEST_CASE("at its bound the channel takes no more messages and reports it") {
  const MailFolder folder;
  FileChannel channel(folder.path(), sample_sender(), 0);
  Callers callers(channel);
  callers.call(sample_message());
  callers.run();
  CHECK(callers.last().status == Ending::failed);
  CHECK(callers.last().error == "more than 0 mails wait");
  CHECK(folder.names().empty());
}

TEST_CASE("a channel ends while callers still wait") {
  const MailFolder folder;
  auto channel = std::make_unique<FileChannel>(folder.path(), sample_sender());
  Callers callers(*channel);
  for (int number = 1; number <= 100; ++number)
    callers.call(sample_message(number));
  // Handed over, but not resumed: nothing runs the context from here on.
  std::size_t handed_over = 0;
  while (handed_over < 100)
    handed_over += callers.poll_one();
  channel.reset();
  CHECK(folder.names().size() <= 100);
  CHECK(names_in(folder.temporary()).empty());
}

TEST_CASE("the channel that delivers nothing reports success") {
  NoChannel channel;
  Callers callers(channel);
  callers.call(sample_message());
  callers.run();
  CHECK(callers.last().status == Ending::delivered);
  CHECK(channel.name() == "none");
}

}  // namespace orderflow::notifications
