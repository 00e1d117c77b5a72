#pragma once

#include "endpoint/endpoint.hpp"
#include "events/event.hpp"
#include "events/turn.hpp"

#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

/// The enabled endpoints by what they want, in memory, so that an event that nobody wants costs no
/// query. Changes with the turn that changes their rows, and is as before where that is undone: a
/// turn sees the endpoints as the tables tell them, also where they changed in its own commit.
/// Belongs to the writer thread, but for its totals.
class Audience {
 public:
  /// `kinds`: all public ones, which an endpoint without kinds of its own wants.
  explicit Audience(std::set<std::string, std::less<>> kinds) : kinds_(std::move(kinds)) {}

  struct Member {
    EndpointId id;
    std::vector<std::string> kinds;
    events::Seq wanted_after;
    events::Seq canceled_to;
    std::size_t waiting;  ///< deliveries of it that wait
  };

  /// Takes in an endpoint as it stands in the database, before the node starts.
  void load(const Endpoint& endpoint, std::size_t waiting);

  /// Takes in an endpoint, or what has changed of it; one that is not enabled is taken out.
  void put(events::Turn& turn, const Endpoint& endpoint, std::size_t waiting);
  /// The same where the number of those that wait has not changed.
  void put(events::Turn& turn, const Endpoint& endpoint);

  /// The number of those that wait for an endpoint has grown, or shrunk. It may be out already.
  void add_waiting(events::Turn& turn, EndpointId id, std::ptrdiff_t count);

  /// Those that want a kind, in the order of their identifiers; each valid until it is put anew.
  std::vector<const Member*> wanting(std::string_view kind, events::Seq seq) const;

  bool empty() const noexcept { return members_.empty(); }

  /// How many there are, and deliveries of all of them that wait. Safe from any thread.
  std::size_t size() const noexcept { return size_; }
  std::size_t waiting() const noexcept { return waiting_; }

 private:
  std::optional<Member> member_of(const Endpoint& endpoint, std::size_t waiting) const;
  const Member* find(EndpointId id) const;
  /// Replaces the member of that id; nothing: takes it out.
  void replace(EndpointId id, std::optional<Member> member);
  void count_waiting(EndpointId id, std::ptrdiff_t count);
  void list(const Member& member);
  void unlist(const Member& member);

  const std::set<std::string, std::less<>> kinds_;
  std::map<EndpointId, Member> members_;
  std::atomic<std::size_t> size_ = 0;
  std::atomic<std::size_t> waiting_ = 0;
  std::map<std::string, std::set<const Member*>, std::less<>> by_kind_;
};

}  // namespace orderflow::webhooks
