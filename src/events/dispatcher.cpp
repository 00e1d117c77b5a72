#include "events/dispatcher.hpp"

#include "events/event_core.hpp"

namespace orderflow::events {

Dispatcher::Dispatcher(DispatcherServices services)
    : core_(std::make_unique<EventCore>(std::move(services))) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::subscribe(TransactionalSubscription subscription) {
  core_->subscribe(std::move(subscription));
}

void Dispatcher::subscribe(EffectSubscription subscription) {
  core_->subscribe(std::move(subscription));
}

void Dispatcher::subscribe(FollowerSubscription subscription) {
  core_->subscribe(std::move(subscription));
}

void Dispatcher::subscribe(RelaySubscription subscription) {
  core_->subscribe(std::move(subscription));
}

void Dispatcher::observe(CommitObserver observer) {
  core_->observe(std::move(observer));
}

void Dispatcher::load(storage::Connection& connection) {
  core_->load(connection);
}

void Dispatcher::relay_confirmed(Seq upto) {
  core_->relay_confirmed(upto);
}

void Dispatcher::receive(storage::Connection& connection, const ReceivedEvent& event) {
  core_->receive(connection, event);
}

void Dispatcher::observe_chains(std::shared_ptr<CausalTracker::Observer> observer,
                                HeldChains held) {
  core_->observe_chains(std::move(observer), held);
}

Redrives& Dispatcher::redrives() noexcept {
  return core_->redrives();
}

core::Duration Dispatcher::relay_delay(storage::Session session) const {
  return core_->relay_delay(session);
}

std::future<void> Dispatcher::stop_effects() {
  return core_->stop_effects();
}

FlowStatus Dispatcher::status() const {
  return core_->status();
}

std::vector<UnhostedCursor> Dispatcher::unhosted(storage::Session session) const {
  return core_->unhosted(session);
}

double Dispatcher::rate(std::string_view subscription) const {
  return core_->rate(subscription);
}

Seq Dispatcher::newest() const {
  return core_->newest();
}

std::vector<std::pair<std::string, std::uint64_t>> Dispatcher::events_by_kind() const {
  return core_->events_by_kind();
}

telemetry::Histogram::Snapshot Dispatcher::attempt_micros(std::string_view subscription) const {
  return core_->attempt_micros(subscription);
}

Operations& Dispatcher::operations() noexcept {
  return core_->operations();
}

TurnWriter Dispatcher::turn_writer() noexcept {
  return core_->turn_writer();
}

TurnServices& Dispatcher::turn_services() noexcept {
  return core_->turn_services();
}

storage::Writer& Dispatcher::writer() noexcept {
  return core_->writer();
}

std::optional<core::Timestamp> Dispatcher::next_due() {
  return core_->next_due();
}

void Dispatcher::scan(storage::Connection& connection) {
  core_->scan(connection);
}

std::size_t Dispatcher::admit(std::size_t writes_max) {
  return core_->admit(writes_max);
}

}  // namespace orderflow::events
