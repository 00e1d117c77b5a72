#include "outbound/sending.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

namespace orderflow::outbound {
namespace {

boost::asio::awaitable<HttpAnswer> send(Transfers& transfers, const HttpRequest& request) {
  HttpAnswer answer = co_await transfers.send(request);
  co_return answer;
}

}  // namespace

std::vector<TransferResult> send_all(Transfers& transfers,
                                     const std::vector<HttpRequest>& requests) {
  boost::asio::io_context context(1);
  std::vector<std::optional<TransferResult>> results(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    boost::asio::co_spawn(context, send(transfers, requests[i]),
                          [&results, i](const std::exception_ptr& error, HttpAnswer answer) {
                            try {
                              if (error) std::rethrow_exception(error);
                              results[i].emplace(std::move(answer));
                            } catch (const TransferError& e) {
                              results[i].emplace(e);
                            }
                          });
  }
  context.run();
  std::vector<TransferResult> all;
  for (auto& result : results)
    all.push_back(std::move(result.value()));
  return all;
}

HttpAnswer answer_of(Transfers& transfers, const HttpRequest& request) {
  return std::get<HttpAnswer>(send_all(transfers, {request}).front());
}

TransferError error_of(Transfers& transfers, const HttpRequest& request) {
  return std::get<TransferError>(send_all(transfers, {request}).front());
}

std::string url_of(test::TestServer& server, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(server.server().port()) + path;
}

}  // namespace orderflow::outbound
