#include "faults/load.hpp"

#include "acceptance/support/node.hpp"
#include "faults/buyer.hpp"
#include "support/http_client.hpp"

#include <iterator>
#include <stdexcept>

namespace orderflow::test {

Load::Load(std::uint64_t seed, unsigned buyers, std::chrono::milliseconds pause_max, Till till) {
  for (unsigned i = 0; i < buyers; ++i)
    threads_.emplace_back(&Load::buy, this, Buyer(i, seed, pause_max, till));
}

Load::~Load() {
  end();
}

void Load::serve(std::uint16_t port) {
  {
    const std::lock_guard lock(mutex_);
    location_ = {location_.generation + 1, port};
  }
  changed_.notify_all();
}

std::chrono::steady_clock::time_point Load::wait_for_first_answer(std::chrono::seconds limit) {
  std::unique_lock lock(mutex_);
  const bool answered = changed_.wait_for(
      lock, limit, [&] { return answered_generation_ == location_.generation || failure_; });
  if (failure_) std::rethrow_exception(failure_);
  if (!answered) throw std::runtime_error("no order was acknowledged since the restart");
  return answered_at_;
}

void Load::wait_for_more(std::size_t orders, std::chrono::seconds limit) {
  const std::size_t wanted = acknowledged_ + orders;
  wait_until(
      std::to_string(orders) + " more orders are acknowledged",
      [&] { return acknowledged_ >= wanted; }, limit);
}

std::vector<Attempt> Load::stop() {
  end();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(attempts_);
}

void Load::end() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

void Load::buy(Buyer buyer) {
  std::vector<Attempt> attempts;
  std::exception_ptr failure;
  std::uint64_t generation = 0;
  try {
    while (const auto location = wait_for_newer(generation)) {
      generation = location->generation;
      buy_at(*location, buyer, attempts);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  std::move(attempts.begin(), attempts.end(), std::back_inserter(attempts_));
  if (failure) failure_ = failure;
  changed_.notify_all();
}

void Load::buy_at(const Location& location, Buyer& buyer, std::vector<Attempt>& attempts) {
  HttpClient client(location.port);
  while (!stopped()) {
    attempts.push_back(buyer.order(client));
    const Attempt::Answer answer = attempts.back().answer;
    if (answer == Attempt::Answer::none) return;
    if (answer == Attempt::Answer::acknowledged) note_acknowledged(location.generation);
    buyer.pause();
  }
}

std::optional<Load::Location> Load::wait_for_newer(std::uint64_t generation) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || location_.generation > generation; });
  if (stopped_) return std::nullopt;
  return location_;
}

bool Load::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void Load::note_acknowledged(std::uint64_t generation) {
  ++acknowledged_;
  const std::lock_guard lock(mutex_);
  if (answered_generation_ >= generation) return;
  answered_generation_ = generation;
  answered_at_ = std::chrono::steady_clock::now();
  changed_.notify_all();
}

}  // namespace orderflow::test
