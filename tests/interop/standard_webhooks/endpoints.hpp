#pragma once

#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "receiver.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace orderflow::test {

/// A node whose webhooks may go to this machine and are tried again soon.
extern const Settings local_webhooks;

/// The kinds of events that an order has which is paid for; endpoints are sent these unless others
/// are named.
extern const std::vector<std::string> course;

/// Registers an endpoint; its document.
nlohmann::json add(HttpClient& client, const std::string& url,
                   const nlohmann::json& kinds = course);

/// Registers a path of the receiver, which then verifies with the endpoint's secret.
nlohmann::json add(HttpClient& client, Receiver& receiver, const std::string& path,
                   nlohmann::json rules = {});

std::string path_of(const nlohmann::json& endpoint);

/// The ids of that many orders.
std::vector<std::string> place_many(HttpClient& client, int count);

/// The requests at a path that were answered with 200.
std::vector<nlohmann::json> accepted(Receiver& receiver, const std::string& path);

std::set<std::string> ids_of(const std::vector<nlohmann::json>& requests);

/// Waits until so many events were accepted at a path; the requests then.
std::vector<nlohmann::json> wait_for(Receiver& receiver, const std::string& path,
                                     std::size_t events);

/// Checks that the requests are about these orders alone, and that each order's events were first
/// accepted in their order.
void check_courses(const std::vector<nlohmann::json>& requests,
                   const std::vector<std::string>& orders);

}  // namespace orderflow::test
