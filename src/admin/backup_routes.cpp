#include "admin/backup_routes.hpp"

#include "events/dispatcher.hpp"
#include "host/admin_scope.hpp"
#include "host/audit.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace orderflow::admin {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;
using storage::Backup;
using storage::BackupError;

/// Makes a backup and resumes the calling coroutine, on its own executor, when it is complete.
/// Throws what `storage::Backups::start` throws, and the reason where none could be made.
awaitable<Backup> make_backup(storage::Backups& backups, storage::Writer& writer) {
  auto initiate = [&](auto handler) {
    auto home = boost::asio::get_associated_executor(handler);
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    const auto answer = [home, kept](std::exception_ptr error, Backup backup) {
      boost::asio::post(home, [kept, error = std::move(error), backup = std::move(backup)] {
        std::move (*kept)(error, backup);
      });
    };
    // An exception from here would end the coroutine instead of resuming it.
    try {
      backups.start(writer, answer);
    } catch (...) {
      answer(std::current_exception(), Backup{});
    }
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                 void(std::exception_ptr, Backup)>(
      initiate, boost::asio::use_awaitable);
}

/// Records who has made a backup. A failed one is only logged: a full disk, the most likely
/// reason, has no room for more.
awaitable<void> audit(host::Services& services, const Request& request,
                      const nlohmann::json& outcome) {
  const host::Host events(events::event_owner, services);
  auto body = [&](events::Turn& turn) { host::keep_audit(turn, request, "backup", outcome); };
  co_await events.write(request, body, events::Urgency::of_operator);
}

nlohmann::json entry_of(const Backup& backup) {
  return {{"file", backup.file.string()},
          {"bytes", backup.bytes},
          {"newestEvent", backup.newest_event},
          {"madeAt", core::to_rfc3339(backup.made_at)}};
}

Response failed(const Request& request, const BackupError& error) {
  const bool full = error.reason() == BackupError::Reason::no_space;
  const http::Problem problem{full ? 507U : 500U, full ? "backup-no-space" : "backup-failed",
                              "The backup was not made", error.what()};
  return http::problem_response(request, problem);
}

awaitable<Response> post_backup(host::Services& services, storage::Backups& backups,
                                const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) co_return host::bad_parameters(request, std::move(errors));
  const auto began = std::chrono::steady_clock::now();
  try {
    const Backup backup = co_await make_backup(backups, services.dispatcher.writer());
    nlohmann::json document = entry_of(backup);
    document["durationMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::steady_clock::now() - began)
                                 .count();
    document["checked"] = true;
    const nlohmann::json outcome = {{"file", backup.file.string()}};
    co_await audit(services, request, outcome);
    co_return host::json_response(201, document);
  } catch (const storage::BackupRunning& e) {
    const http::Problem problem{409, "backup-running", "A backup is being made already",
                                "One is made at a time. Try again when it is done."};
    co_return http::problem_response(request, problem);
  } catch (const BackupError& e) {
    co_return failed(request, e);
  } catch (const storage::WriteRefused& e) {
    throw http::Unavailable(e.what());
  }
}

Response get_backups(const storage::Backups& backups, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  nlohmann::json document = {{"backups", nlohmann::json::array()}, {"running", nullptr}};
  if (const auto running = backups.progress()) {
    const bool is_copied = running->pages > 0 && running->copied == running->pages;
    document["running"] = {{"step", is_copied ? "checking" : "copying"},
                           {"pages", running->pages},
                           {"copiedPages", running->copied}};
  }
  for (const Backup& backup : backups.list())
    document["backups"].push_back(entry_of(backup));
  return host::json_response(200, document);
}

}  // namespace

void add_backup_routes(host::Services& services, storage::Backups& backups) {
  http::Router& router = services.router;
  router.add(http::Method::post, "/v1/admin/backup", host::admin_scope,
             [&](Request& request) { return post_backup(services, backups, request); });
  router.add(
      http::Method::get, "/v1/admin/backups", host::admin_scope,
      [&](Request& request) -> awaitable<Response> { co_return get_backups(backups, request); });
}

}  // namespace orderflow::admin
