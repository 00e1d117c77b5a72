// A write's way to the writer thread and back to who waits for it, without its storage: an empty
// write in an empty transaction on a database in memory. The argument is how many are in flight.
#include "core/clock.hpp"
#include "storage/writer.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

using namespace orderflow;

namespace {

class NoFlow final : public storage::BatchParticipant {
 public:
  bool has_work(core::Timestamp) override { return false; }
  std::optional<core::Timestamp> next_due() override { return std::nullopt; }
  void run(storage::Connection&) override {}
  void before_commit(storage::Connection&) override {}
  void committed() override {}
  void scan(storage::Connection&) override {}
};

class EmptyWrite final : public storage::Write {
 public:
  EmptyWrite(boost::asio::any_io_executor home, std::int64_t& in_flight)
      : Write(std::move(home)), in_flight_(in_flight) {}
  void run(storage::Connection&) override {}
  void complete(std::exception_ptr) override { --in_flight_; }

 private:
  std::int64_t& in_flight_;
};

void writer_hand_over(benchmark::State& state) {
  storage::Connection connection(":memory:", storage::Connection::Mode::read_write);
  const core::SystemClock clock;
  NoFlow flow;
  boost::asio::io_context context{1};
  const auto guard = boost::asio::make_work_guard(context);
  storage::Writer writer(connection, flow, clock, {}, [](const std::string&) {});
  writer.start();
  std::int64_t in_flight = 0;
  for (auto _ : state) {
    while (in_flight == state.range(0))
      context.run_one();
    ++in_flight;
    writer.submit(std::make_unique<EmptyWrite>(context.get_executor(), in_flight));
  }
  while (in_flight > 0)
    context.run_one();
  writer.stop();
}
BENCHMARK(writer_hand_over)->Arg(1)->Arg(64)->Arg(256)->UseRealTime();

}  // namespace
