#pragma once

#include "acceptance/support/node.hpp"
#include "faults/inspection.hpp"
#include "support/http_client.hpp"
#include "support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::test {

/// A node of a shop: its name, and the modules it hosts, with commas between.
struct NodePlan {
  std::string name;
  std::string modules;
};

/// All in one process.
const std::vector<NodePlan>& all_in_one();
/// Five processes, two of which bill.
const std::vector<NodePlan>& spread();

/// The real executable in as many processes as a deployment has. Each node has a data folder of its
/// own that outlives its process. Belongs to one thread.
class Shop {
 public:
  /// Starts all of them. `settings` are of every node; without a broker's URI among them nodes know
  /// nothing of one another.
  Shop(std::vector<NodePlan> plan, Settings settings);

  std::vector<std::string> nodes() const;
  bool runs(const std::string& node) const { return running_.contains(node); }
  std::uint16_t port(const std::string& node) const { return running_.at(node)->port(); }
  /// Where orders are taken.
  std::uint16_t front() const { return port(plan_.front().name); }
  std::filesystem::path data(const std::string& node) const { return folder_.path() / node; }

  void start(const std::string& node);
  void stop(const std::string& node);
  void kill(const std::string& node);
  Process& process(const std::string& node) { return running_.at(node)->process(); }
  void stop_all();

  /// A client of the node, which runs; new for each start of it.
  HttpClient& client(const std::string& node);
  /// The running nodes that host a module.
  std::vector<HttpClient*> clients_of(const std::string& module);
  std::string node_of(const std::string& module) const;

  NodesOfModules nodes_of_modules();
  /// Waits until the bridge of every running node has nothing to complain of.
  void wait_until_connected();
  /// A check of the running test: the doctor finds nothing wrong with any of them. They are
  /// stopped.
  void check_sound();

 private:
  const NodePlan& plan_of(const std::string& node) const;

  const std::vector<NodePlan> plan_;
  const Settings settings_;
  TemporaryFolder folder_;
  std::map<std::string, std::unique_ptr<Node>> running_;
  std::map<std::string, std::unique_ptr<HttpClient>> clients_;
};

}  // namespace orderflow::test
