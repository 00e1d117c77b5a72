// The live event stream, as a client that comes, goes and comes back sees it.
#include "acceptance/support/event_stream.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// Reads on until the stream has sent `count` processed orders; the keys of these.
std::vector<std::string> read_processed(EventStream& stream, std::size_t count,
                                        std::string& last_id) {
  std::vector<std::string> keys;
  while (keys.size() < count) {
    const EventStream::Message message = stream.next();
    if (!last_id.empty()) REQUIRE(std::stoll(message.id) > std::stoll(last_id));
    last_id = message.id;
    if (message.data.at("subject").is_string() && message.event.starts_with("order.processed")) {
      keys.push_back(message.data.at("subject"));
    }
  }
  return keys;
}

TEST_CASE("a stream sends each event once and in order, from its commit on") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  EventStream stream(node.port());
  const std::string id = place(client, order_of("u-1", 100)).at("id");

  const EventStream::Message first = stream.next();
  CHECK(first.event.starts_with("order.created"));
  CHECK(first.data.at("subject") == id);
  CHECK(first.data.at("specversion") == "1.0");
  std::string last = first.id;
  CHECK(read_processed(stream, 1, last) == std::vector<std::string>{id});
}

TEST_CASE("a client that reconnects receives what it missed, and nothing twice") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  std::string last;
  const std::string before = place(client, order_of("u-1", 100)).at("id");
  {
    EventStream stream(node.port(), "0");
    CHECK(read_processed(stream, 1, last) == std::vector<std::string>{before});
  }
  std::set<std::string> missed;
  for (int i = 0; i < 20; ++i)
    missed.insert(place(client, order_of("u-1", 100)).at("id"));
  for (const std::string& id : missed)
    settled(client, id);

  EventStream stream(node.port(), last);
  const auto received = read_processed(stream, missed.size(), last);
  CHECK(std::set<std::string>(received.begin(), received.end()) == missed);
  const std::string after = place(client, order_of("u-1", 100)).at("id");
  CHECK(read_processed(stream, 1, last) == std::vector<std::string>{after});
}

TEST_CASE("concurrent readers receive the same events in the same order while orders flow") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  EventStream one(node.port());
  EventStream other(node.port());
  std::vector<std::string> placed;
  for (int i = 0; i < 100; ++i)
    placed.push_back(place(client, order_of("u-" + std::to_string(i), 100)).at("id"));

  std::string last_of_one;
  std::string last_of_other;
  const auto received = read_processed(one, placed.size(), last_of_one);
  CHECK(received == read_processed(other, placed.size(), last_of_other));
  CHECK(std::set(received.begin(), received.end()) == std::set(placed.begin(), placed.end()));
}

TEST_CASE("a client continues where it was after the node has been restarted") {
  TemporaryFolder folder;
  std::string last;
  std::string missed;
  {
    Node node(folder.path());
    HttpClient client(node.port());
    EventStream stream(node.port(), "0");
    place(client, order_of("u-1", 100));
    read_processed(stream, 1, last);
    missed = place(client, order_of("u-1", 100)).at("id");
    settled(client, missed);
    node.kill();
  }
  Node node(folder.path());
  HttpClient client(node.port());
  EventStream stream(node.port(), last);
  CHECK(read_processed(stream, 1, last) == std::vector<std::string>{missed});
  const std::string after = place(client, order_of("u-1", 100)).at("id");
  CHECK(read_processed(stream, 1, last) == std::vector<std::string>{after});
}

TEST_CASE("a stream ends properly when the node stops") {
  TemporaryFolder folder;
  Node node(folder.path());
  EventStream stream(node.port());
  node.stop();
  CHECK(stream.at_end());
}

}  // namespace
}  // namespace orderflow::test
