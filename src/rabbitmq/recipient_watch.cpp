#include "rabbitmq/recipient_watch.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr auto declare_every = 5s;
// Copies that would be sent again where their queue is lost. At half of it the queues are looked at
// early, and at the bound nothing is published before they were.
constexpr std::size_t recent_max = 16'384;

telemetry::Logger& watch_log() {
  static telemetry::Logger& instance = telemetry::log("rabbitmq");
  return instance;
}

}  // namespace

RecipientWatch::RecipientWatch(RecipientWatchOptions options, PublisherNode& node,
                               bridge::ConfirmLedger& ledger, Watchdog& watchdog)
    : look_every_(options.look_every),
      node_(node),
      ledger_(ledger),
      marks_(std::move(options.connection), std::move(options.node), watchdog,
             options.first_broker) {}

void RecipientWatch::begin() {
  const auto now = Clock::now();
  must_look_at_all_ = marks_.are_set();
  for (const Recipient* recipient : node_.recipients()) {
    if (!marks_.has_marked(*recipient)) marks_.mark(*recipient);
  }
  look_at_ = must_look_at_all_ ? now : now + look_every_;
  declare_at_ = now + declare_every;
}

void RecipientWatch::meet(const Recipient& recipient) {
  if (marks_.has_marked(recipient)) return;
  marks_.mark(recipient);
  look_at_ = std::max(look_at_, Clock::now() + look_every_);
}

void RecipientWatch::remember_taken() {
  ledger_.take_taken(taken_);
  for (bridge::ConfirmLedger::Taken& copy : taken_)
    recent_.add(std::move(copy));
}

bool RecipientWatch::is_full() const noexcept {
  return recent_.unseen() >= recent_max;
}

std::uint32_t RecipientWatch::returned(const Route& route) {
  const std::uint32_t recipient = route.exchange.empty() ? marks_.number_of(route.routing_key) : 0;
  if (recipient != 0) {
    unseen_.insert(recipient);
    look_at_ = Clock::now();
  }
  return recipient;
}

void RecipientWatch::declare_all() {
  marks_.use([this](Connection& connection) { node_.prepare(connection); });
}

void RecipientWatch::look() {
  const auto now = Clock::now();
  try {
    if (now >= look_at_ || recent_.unseen() >= recent_max / 2) look_at_recipients();
    if (now < declare_at_ || !marks_.are_set()) return;
    declare_at_ = now + declare_every;
    declare_all();
  } catch (const bridge::BrokerRefused&) {
    throw;
  } catch (const bridge::BrokerError& error) {
    // Events are still published, as many as may be lost, and the next look is on a new connection.
    marks_.disconnect();
    watch_log().warn("cannot look after the queues reason=\"{}\"", error.what());
  }
}

void RecipientWatch::look_at_recipients() {
  look_at_ = Clock::now() + look_every_;
  marks_.keep_alive();
  std::vector<std::uint32_t> lost;
  std::set<std::uint32_t> looked_at = unseen_;
  for (const std::uint32_t number : must_look_at_all_ ? marks_.numbers() : recent_.recipients())
    looked_at.insert(number);
  for (const std::uint32_t number : looked_at) {
    if (marks_.stands(marks_.marked(number))) {
      recent_.seen(number);
    } else {
      lost.push_back(number);
    }
  }
  if (!lost.empty()) restore(lost);
  must_look_at_all_ = false;
  unseen_.clear();
}

void RecipientWatch::restore(const std::vector<std::uint32_t>& lost) {
  declare_all();
  for (const std::uint32_t number : lost) {
    marks_.mark(marks_.marked(number));
    ledger_.doubt(number);
    bridge::RecentCopies::Copies copies = recent_.take(number);
    if (copies.empty() && !unseen_.contains(number)) continue;  // nothing was sent to it
    watch_log().warn("a queue was lost queue={} sent_again={}", marks_.marked(number).queue(),
                     copies.size());
    for (bridge::ConfirmLedger::Taken& copy : copies)
      ledger_.repeat(std::move(copy.event), copy.copy);
    ++lost_;
  }
  ledger_.retry_deferred();
}

}  // namespace orderflow::rabbitmq
