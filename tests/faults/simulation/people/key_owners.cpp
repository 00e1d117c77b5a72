#include "faults/simulation/people/key_owners.hpp"

#include "access/key_ring.hpp"
#include "http/routing/authorizer.hpp"
#include "orders/contract/scopes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Decision = http::Authorizer::Decision;

/// As many as one page has room for.
constexpr std::size_t keys_max = 16;

core::Timestamp time_of(const json& text) {
  return core::parse_rfc3339(text.get<std::string>()).value();
}

std::optional<core::Timestamp> earlier(std::optional<core::Timestamp> one, core::Timestamp other) {
  return one ? std::min(*one, other) : other;
}

}  // namespace

void KeyOwners::act(SimulatedNode& node) {
  if (keys_.empty() || random_.below(4) == 0) return make(node);
  Key& key = keys_[random_.below(keys_.size())];
  if (random_.below(2) == 0) return rotate(node, key);
  revoke(node, key);
}

void KeyOwners::make(SimulatedNode& node) {
  if (asked_for_ >= keys_max) return;
  ++asked_for_;
  json body = {{"name", "holder-" + std::to_string(asked_for_)}, {"scopes", {"orders:write"}}};
  if (random_.below(4) > 0) body["scopes"].push_back("orders:read");
  if (random_.below(3) == 0) body["expiresInSeconds"] = 1 + random_.below(100'000);
  bool is_taken = false;
  bool is_new = true;
  if (!keys_.empty() && random_.below(4) == 0) {
    const Key& other = keys_[random_.below(keys_.size())];
    body["name"] = other.name;
    is_new = false;
    // A name that was given up may be free again, or not: it may be a successor's.
    is_taken = other.is_certain() && !other.ends_at && !other.revoked_at;
  }
  trace_.add("make key", body.dump());
  requests_.send(
      node, {http::Method::post, "/v1/admin/keys", body.dump()},
      [this, is_taken, is_new](std::exception_ptr error, const http::Response& response) {
        if (error) return trace_.add("no key made", text_of(error));
        trace_.add("key answered", std::to_string(response.status));
        if (response.status == 201 && !is_taken) {
          ++counts_.made;
          keep(response);
        } else if (response.status != 409 || is_new) {
          findings_.add("wrong answer", "a key was answered " + std::to_string(response.status));
        }
      });
}

void KeyOwners::keep(const http::Response& response) {
  const json made = json::parse(response.body);
  const auto scopes = made.at("scopes").get<std::vector<std::string>>();
  Key& key = keys_.emplace_back(Key{.name = made.at("name"),
                                    .id = made.at("id"),
                                    .text = made.at("key"),
                                    .reads_orders = std::ranges::count(scopes, "orders:read") > 0,
                                    .ends_at = std::nullopt});
  if (!made.at("expiresAt").is_null()) key.ends_at = time_of(made.at("expiresAt"));
}

void KeyOwners::rotate(SimulatedNode& node, Key& old) {
  if (asked_for_ >= keys_max) return;
  ++asked_for_;
  constexpr std::array<std::chrono::seconds, 4> overlaps{0s, 0s, 60s, 24h};
  const std::chrono::seconds overlap = overlaps[random_.below(overlaps.size())];
  const bool was_certain = old.is_certain();
  ++old.rotations;
  old.asked_in_life = life_;
  const json body = {{"overlapSeconds", overlap.count()}};
  trace_.add("rotate key", old.name + " " + std::to_string(overlap.count()));
  requests_.send(
      node, {http::Method::post, "/v1/admin/keys/" + old.id + "/rotate", body.dump()},
      [this, &old, was_certain, overlap](std::exception_ptr error, const http::Response& response) {
        if (error) return trace_.add("key not rotated", old.name + ": " + text_of(error));
        trace_.add("key rotated", old.name + " " + std::to_string(response.status));
        --old.rotations;
        if (response.status != 201) return refused(old, was_certain, response);
        ++counts_.rotated;
        const core::Timestamp at = time_of(json::parse(response.body).at("createdAt"));
        keep(response);
        if (overlap > 0s) {
          old.ends_at = earlier(old.ends_at, at + overlap);
        } else {
          old.revoked_at = at;
        }
      });
}

void KeyOwners::revoke(SimulatedNode& node, Key& key) {
  const bool was_certain = key.is_certain();
  ++key.revocations;
  key.asked_in_life = life_;
  trace_.add("revoke key", key.name);
  requests_.send(
      node, {http::Method::del, "/v1/admin/keys/" + key.id},
      [this, &key, was_certain](std::exception_ptr error, const http::Response& response) {
        if (error) return trace_.add("key not revoked", key.name + ": " + text_of(error));
        trace_.add("key revoked", key.name + " " + std::to_string(response.status));
        --key.revocations;
        if (response.status != 200) return refused(key, was_certain, response);
        ++counts_.revoked;
        key.revoked_at = time_of(json::parse(response.body).at("revokedAt"));
      });
}

/// What has ended can neither be rotated nor revoked; nor what is in doubt, perhaps.
void KeyOwners::refused(const Key& key, bool was_certain, const http::Response& response) {
  if (response.status != 409 && response.status != 404) {
    findings_.add("wrong answer", "a key was answered " + std::to_string(response.status));
  } else if (was_certain && !key.revoked_at && !key.ends_at) {
    findings_.add("lost", "the key " + key.name + ": " + response.body);
  }
}

void KeyOwners::use_all(SimulatedNode& node) {
  for (Key& key : keys_)
    use(node, key);
  http::Request stranger;
  if (keys_.empty()) return;
  if (node.keys().authorize(stranger, orders::read_scope) != Decision::unknown) {
    findings_.add("wrong key", "a node that has keys asks for none");
  }
  stranger.headers.emplace_back("authorization", "Bearer " + keys_.front().text);
  std::string& last = stranger.headers.front().second;
  last.back() = last.back() == '0' ? '1' : '0';
  if (node.keys().authorize(stranger, orders::read_scope) != Decision::unknown) {
    findings_.add("wrong key", "a forged one grants");
  }
}

void KeyOwners::use(SimulatedNode& node, Key& key) {
  http::Request request;
  request.headers.emplace_back("authorization", "Bearer " + key.text);
  const Decision decision = node.keys().authorize(request, orders::read_scope);
  const bool grants = decision != Decision::unknown;
  const core::Timestamp now = machine_.clock.now();
  const bool is_over = key.ends_at && *key.ends_at <= now;
  ++(grants ? counts_.granted : counts_.refused);
  if (grants && key.revoked_at) findings_.add("wrong key", key.name + " grants and was revoked");
  if (grants && is_over) findings_.add("wrong key", key.name + " grants after its end");
  if (key.revoked_at && now < *key.revoked_at) ++counts_.refused_after_jump;
  if (!grants && !is_over && !key.revoked_at && key.is_certain()) {
    findings_.add("wrong key", key.name + " does not grant");
  }
  if (grants && (decision == Decision::authorized) != key.reads_orders) {
    findings_.add("wrong key", key.name + " grants what it should not, or not what it should");
  }
  const bool is_admitted = decision == Decision::authorized;
  if (grants && node.keys().still_authorizes(request, orders::read_scope) != is_admitted) {
    findings_.add("wrong key", key.name + " is judged in two ways");
  }
  // What was in doubt is decided when it is seen, and when nobody is at it any more.
  if (!grants && !is_over && key.rotations == 0 && !key.revoked_at) key.revoked_at = now;
  if (grants && key.asked_in_life < life_) key.revocations = 0;
}

void KeyOwners::node_has_started(SimulatedNode& node) {
  ++life_;
  use_all(node);
}

void KeyOwners::node_has_ended() {
  requests_.node_has_ended();
}

}  // namespace orderflow::simulation
