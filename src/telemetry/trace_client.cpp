#include "telemetry/trace_client.hpp"

#include "core/c_border.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <stdexcept>

namespace orderflow::telemetry {
namespace {

constexpr std::size_t answer_bytes_kept = std::size_t{64} << 10;

struct UrlHandle {
  UrlHandle() : handle(curl_url()) {
    if (handle == nullptr) throw std::bad_alloc();
  }
  ~UrlHandle() { curl_url_cleanup(handle); }
  UrlHandle(const UrlHandle&) = delete;
  UrlHandle& operator=(const UrlHandle&) = delete;

  std::string part(CURLUPart which) const {
    char* text = nullptr;
    if (curl_url_get(handle, which, &text, 0) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
  }

  CURLU* handle;
};

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_ours(const std::string& name) {
  constexpr std::array ours = {"content-type", "content-length", "host", "transfer-encoding",
                               "expect"};
  return std::ranges::any_of(
      ours, [&](const char* own) { return curl_strequal(own, name.c_str()) != 0; });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::string> trace_url(const std::string& endpoint) {
  const UrlHandle url;
  if (curl_url_set(url.handle, CURLUPART_URL, endpoint.c_str(), 0) != CURLUE_OK) return {};
  const std::string scheme = url.part(CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || url.part(CURLUPART_HOST).empty()) return {};
  for (const auto part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!url.part(part).empty()) return {};
  }
  if (url.part(CURLUPART_PATH) == "/") curl_url_set(url.handle, CURLUPART_PATH, "/v1/traces", 0);
  return url.part(CURLUPART_URL);
}

std::optional<std::vector<std::pair<std::string, std::string>>> trace_headers(
    std::string_view text) {
  std::vector<std::pair<std::string, std::string>> headers;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    std::string name(trimmed(one.substr(0, equals)));
    std::string value(trimmed(one.substr(std::min(equals + 1, one.size()))));
    if (!is_token(name) || !is_header_value(value) || is_ours(name)) return std::nullopt;
    headers.emplace_back(std::move(name), std::move(value));
  }
  return headers;
}

/// What libcurl calls back on while a request runs.
struct TraceClient::Curl {
  Curl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    easy = curl_easy_init();
    if (easy == nullptr) throw std::bad_alloc();
  }
  ~Curl() {
    curl_slist_free_all(lines);
    curl_easy_cleanup(easy);
  }
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;

  void add_line(const std::string& line) {
    curl_slist* longer = curl_slist_append(lines, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    lines = longer;
  }

  static std::size_t take_body(char* data, std::size_t one, std::size_t size, void* self) noexcept {
    const std::size_t length = one * size;
    return core::at_c_border(length + 1, [&] {
      std::string& body = static_cast<Curl*>(self)->answer.body;
      body.append(data,
                  std::min(length, answer_bytes_kept - std::min(body.size(), answer_bytes_kept)));
      return length;
    });
  }

  static int ask_whether_to_go_on(void* self, curl_off_t, curl_off_t, curl_off_t,
                                  curl_off_t) noexcept {
    return core::at_c_border(1, [&] { return (*static_cast<Curl*>(self)->gives_up)() ? 1 : 0; });
  }

  CURL* easy = nullptr;
  curl_slist* lines = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text{};
  TraceAnswer answer;
  const std::function<bool()>* gives_up = nullptr;
};

TraceClient::TraceClient(TraceClientOptions options)
    : options_(std::move(options)), curl_(std::make_unique<Curl>()) {
  curl_->add_line("Content-Type: application/json");
  curl_->add_line("Expect:");
  for (const auto& [name, value] : options_.headers)
    curl_->add_line(name + ": " + value);
  CURL* easy = curl_->easy;
  curl_easy_setopt(easy, CURLOPT_URL, options_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, curl_->lines);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, curl_->error_text.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, core::never_throws(Curl::take_body));
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, curl_.get());
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, core::never_throws(Curl::ask_whether_to_go_on));
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, curl_.get());
}

TraceClient::~TraceClient() = default;

TraceAnswer TraceClient::post(const std::string& body, const std::function<bool()>& gives_up) {
  curl_->answer = {};
  curl_->error_text.front() = '\0';
  curl_->gives_up = &gives_up;
  curl_easy_setopt(curl_->easy, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl_->easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  const CURLcode result = curl_easy_perform(curl_->easy);
  TraceAnswer& answer = curl_->answer;
  if (result != CURLE_OK) {
    const std::string_view detail(curl_->error_text.data());
    answer.error = detail.empty() ? curl_easy_strerror(result) : std::string(detail);
    return std::move(answer);
  }
  curl_easy_getinfo(curl_->easy, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_off_t seconds = 0;
  if (curl_easy_getinfo(curl_->easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
    answer.retry_after = std::chrono::seconds(seconds);
  return std::move(answer);
}

}  // namespace orderflow::telemetry
