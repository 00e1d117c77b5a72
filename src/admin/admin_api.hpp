#pragma once

#include "events/dispatcher.hpp"
#include "events/operations/operations.hpp"
#include "host/admin_scope.hpp"
#include "host/audit.hpp"
#include "host/host.hpp"
#include "http/message/message.hpp"

namespace orderflow::admin {

/// What the operator's routes share: reads of the event core's tables, and operations on the writer
/// thread, which go before the clients' writes. Outlives the router.
class AdminApi {
 public:
  explicit AdminApi(host::Services& services)
      : services_(services), host_(events::event_owner, services) {}
  AdminApi(const AdminApi&) = delete;
  AdminApi& operator=(const AdminApi&) = delete;

  /// Every route of an operator needs the scope `admin`.
  void route(http::Method method, std::string_view pattern, http::Handler handler) {
    host_.route(method, pattern, host::admin_scope, std::move(handler));
  }

  template <class Read>
  auto read(Read&& read) const {
    return host_.read(std::forward<Read>(read));
  }

  /// Runs `operation(Operations&, Connection&)` and resumes when its outcome is on disk. Throws
  /// `http::Unavailable`. `operation` is a named object that outlives the call.
  template <class Operation>
  auto operate(const http::Request& request, Operation& operation) const -> boost::asio::awaitable<
      std::invoke_result_t<Operation&, events::Operations&, storage::Connection&>> {
    auto body = [&](events::Turn& turn) {
      return operation(services_.dispatcher.operations(), turn.db().connection());
    };
    auto result = co_await host_.write(request, body, events::Urgency::of_operator);
    co_return result;
  }

  host::Services& services() const noexcept { return services_; }

 private:
  host::Services& services_;
  host::Host host_;
};

/// The answer to an operation that was refused.
http::Response refused(const http::Request& request, const events::Refusal& refusal);

}  // namespace orderflow::admin
