#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::telemetry {

struct TraceClientOptions {
  std::string url;                                             ///< see trace_url
  std::vector<std::pair<std::string, std::string>> headers{};  ///< added to each request
  std::string ca_file{};                                       ///< PEM; empty: those of the system
  std::chrono::milliseconds timeout{10'000};                   ///< of one request
};

/// The address to send traces to, of what a person has given: http or https and a host, with
/// "/v1/traces" appended where it has no path. Nothing of any other text; also where it has a
/// login, a query or a fragment.
std::optional<std::string> trace_url(const std::string& endpoint);

/// Headers of a text such as "name=value,other=value", as in OTEL_EXPORTER_OTLP_HEADERS. Nothing
/// where a name or value cannot be sent in a header, or a name is one of ours.
std::optional<std::vector<std::pair<std::string, std::string>>> trace_headers(
    std::string_view text);

/// How a request has ended.
struct TraceAnswer {
  long status = 0;      ///< 0: there was no answer
  std::string body{};   ///< its beginning
  std::string error{};  ///< why there was none
  std::optional<std::chrono::seconds> retry_after{};

  bool taken() const noexcept { return status >= 200 && status < 300; }
  bool may_be_repeated() const noexcept {
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
  }
};

/// A connection to a collector that is kept between requests. Belongs to one thread.
class TraceClient {
 public:
  explicit TraceClient(TraceClientOptions options);
  ~TraceClient();
  TraceClient(const TraceClient&) = delete;
  TraceClient& operator=(const TraceClient&) = delete;

  /// Sends a body of JSON. Ends early once `gives_up` returns true, which is asked about once a
  /// second and whenever something was received.
  TraceAnswer post(const std::string& body, const std::function<bool()>& gives_up);

 private:
  struct Curl;
  const TraceClientOptions options_;
  std::unique_ptr<Curl> curl_;
};

}  // namespace orderflow::telemetry
