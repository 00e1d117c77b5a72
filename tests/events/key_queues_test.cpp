#include "events/effects/key_queues.hpp"

#include <doctest/doctest.h>

namespace orderflow::events {
namespace {

TEST_CASE("the first event of a key may run, and the next one when it is removed") {
  KeyQueues queues;
  CHECK(queues.append("a", Seq{1}));
  CHECK_FALSE(queues.append("a", Seq{3}));
  CHECK(queues.append("b", Seq{2}));
  CHECK(queues.remove_first("a", Seq{1}) == Seq{3});
  CHECK(queues.remove_first("a", Seq{3}) == std::nullopt);
  CHECK(queues.append("a", Seq{4}));
}

TEST_CASE(
    "the events that wait behind one that has failed are removed in order, those of its key "
    "alone") {
  KeyQueues queues;
  queues.append("a", Seq{1});
  queues.append("b", Seq{2});
  queues.append("a", Seq{3});
  queues.append("a", Seq{5});
  CHECK(queues.remove_all("a", Seq{1}) == std::deque<Seq>{Seq{3}, Seq{5}});
  CHECK(queues.append("a", Seq{6}));
  CHECK_FALSE(queues.append("b", Seq{7}));
}

}  // namespace
}  // namespace orderflow::events
