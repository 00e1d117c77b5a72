#include "outbound/destination.hpp"

#include "telemetry/log.hpp"

#include <algorithm>

namespace orderflow::outbound {

std::string_view to_string(CircuitState state) noexcept {
  switch (state) {
    case CircuitState::closed:
      return "closed";
    case CircuitState::open:
      return "open";
    case CircuitState::half_open:
      break;
  }
  return "half-open";
}

Allowance Destination::allowance() const {
  switch (circuit_.state()) {
    case CircuitState::closed:
      break;
    case CircuitState::open:
      return {0, circuit_.look_again_at()};
    case CircuitState::half_open:
      return {1};
  }
  const std::lock_guard lock(mutex_);
  return {window_};
}

Destination::Use::Use(Destination& destination)
    : destination_(destination), in_flight_(destination.in_flight_) {
  in_flight_->fetch_add(1, std::memory_order_relaxed);
}

Destination::Use::~Use() {
  in_flight_->fetch_sub(1, std::memory_order_relaxed);
}

void Destination::Use::succeeded() {
  if (destination_.circuit_.succeeded()) {
    telemetry::log("outbound").info("circuit closed destination=\"{}\"", destination_.name());
  }
  const std::lock_guard lock(destination_.mutex_);
  ++destination_.succeeded_;
  destination_.window_ = std::min(destination_.window_ + 1, destination_.options_.concurrency);
}

void Destination::Use::failed(const std::string& error) {
  const bool opened = destination_.circuit_.failed();
  if (opened) {
    telemetry::log("outbound")
        .warn("circuit open destination=\"{}\" error=\"{}\"", destination_.name(), error);
  }
  const std::lock_guard lock(destination_.mutex_);
  ++destination_.failed_;
  destination_.note_trouble(error, opened);
}

void Destination::Use::throttled(const std::string& error,
                                 std::optional<core::Timestamp> not_before) {
  const bool opened = destination_.circuit_.throttled(not_before);
  if (opened) {
    telemetry::log("outbound")
        .warn("held back destination=\"{}\" error=\"{}\"", destination_.name(), error);
  }
  const std::lock_guard lock(destination_.mutex_);
  ++destination_.throttled_;
  // Requests that ran side by side report the same outage: log it once for all of them.
  if (opened) destination_.window_ = std::max<std::size_t>(destination_.window_ / 2, 1);
  destination_.note_trouble(error, opened);
}

void Destination::note_trouble(const std::string& error, bool opened) {
  if (opened) ++opened_;
  last_error_ = error;
  last_failure_at_ = clock_.now();
}

DestinationStatus Destination::status() const {
  const CircuitState circuit = circuit_.state();
  const std::lock_guard lock(mutex_);
  return {.name = options_.name,
          .circuit = circuit,
          .look_again_at = circuit_.look_again_at(),
          .concurrency = options_.concurrency,
          .in_flight = in_flight_->load(std::memory_order_relaxed),
          .succeeded = succeeded_,
          .failed = failed_,
          .throttled = throttled_,
          .opened = opened_,
          .last_error = last_error_,
          .last_failure_at = last_failure_at_};
}

Destination& Destinations::add(DestinationOptions options) {
  const std::lock_guard lock(mutex_);
  return *all_.emplace_back(std::make_unique<Destination>(std::move(options), clock_));
}

std::vector<DestinationStatus> Destinations::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<DestinationStatus> status;
  status.reserve(all_.size());
  std::ranges::transform(all_, std::back_inserter(status),
                         [](const auto& destination) { return destination->status(); });
  return status;
}

}  // namespace orderflow::outbound
