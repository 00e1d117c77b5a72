#pragma once

#include "cli/command_group.hpp"
#include "commands/client/node_access.hpp"
#include "commands/orders/order_request.hpp"
#include "commands/orders/redrive_command.hpp"

#include <cstddef>
#include <string>

namespace orderflow::commands {

/// `orderflow orders list|show|place|cancel|refund|redrive`.
class OrdersCommands final : public cli::CommandGroup {
 public:
  explicit OrdersCommands(CLI::App& app);

 private:
  void define_reading();
  void define_changing();
  int list() const;
  int show() const;
  int place() const;
  int cancel() const;
  int refund() const;

  NodeAccess access_;
  OrderRequest request_;
  RedriveCommand redrive_;
  std::string id_;
  std::string user_;
  std::string status_;
  std::string after_;
  std::size_t limit_ = 50;
  std::string idempotency_key_;
  unsigned wait_seconds_ = 0;
  std::string reason_;
  std::int64_t amount_ = 0;
};

}  // namespace orderflow::commands
