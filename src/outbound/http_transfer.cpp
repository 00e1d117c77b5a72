#include "outbound/http_transfer.hpp"

#include "core/c_border.hpp"
#include "core/readable_line.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <new>
#include <utility>

namespace orderflow::outbound {
namespace {

constexpr std::size_t header_bytes_max = std::size_t{64} << 10;
/// For what follows a status that is all that is needed: reading longer costs more than the
/// connection is worth.
constexpr auto unneeded_time_max = std::chrono::milliseconds{500};

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Whether a status is 1xx: the final answer is still to come (RFC 9110 §15.2).
bool is_interim(std::string_view status_line) {
  const std::size_t blank = status_line.find(' ');
  return blank != std::string_view::npos && status_line.substr(blank + 1).starts_with('1');
}

}  // namespace

std::optional<core::Timestamp> retry_after(const HttpAnswer& answer, core::Timestamp now,
                                           core::Duration longest) {
  const auto text = answer.header("retry-after");
  if (!text) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error == std::errc{} && end == text->data() + text->size()) {
    if (seconds < 0) return std::nullopt;
    const auto most = std::chrono::duration_cast<std::chrono::seconds>(longest).count();
    return now + std::chrono::seconds(std::min<std::int64_t>(seconds, most));
  }
  const std::time_t date = curl_getdate(std::string(*text).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const core::Timestamp moment{std::chrono::seconds(date)};
  return std::clamp(moment, now, now + longest);
}

HttpTransfer::~HttpTransfer() {
  curl_slist_free_all(header_lines_);
}

void HttpTransfer::prepare(CURL* easy) {
  const auto add_line = [&](const std::string& line) {
    curl_slist* lines = curl_slist_append(header_lines_, line.c_str());
    if (lines == nullptr) throw std::bad_alloc();
    header_lines_ = lines;
  };
  for (const auto& [name, value] : request_.headers) {
    // A header without a value is sent only when it is written with a semicolon.
    add_line(value.empty() ? name + ";" : name + ": " + value);
  }
  add_line("Expect:");

  const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(request_.timeout);
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  if (!request_.body.empty() || request_.method == "POST" || request_.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header_lines_);
  // 0 would mean no limit at all.
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(timeout.count(), 1)));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, core::never_throws(take_header));
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, core::never_throws(take_body));
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
}

std::size_t HttpTransfer::take_header(char* data, std::size_t one, std::size_t size,
                                      void* self) noexcept {
  const std::size_t length = one * size;
  return core::at_c_border(std::size_t{0}, [&] {
    return static_cast<HttpTransfer*>(self)->add_header({data, length}) ? length : 0;
  });
}

std::size_t HttpTransfer::take_body(char* data, std::size_t one, std::size_t size,
                                    void* self) noexcept {
  const std::size_t length = one * size;
  // Returning less than was given ends the transfer; for an empty piece nothing is less.
  return core::at_c_border(length + 1, [&] {
    return static_cast<HttpTransfer*>(self)->add_body({data, length}) ? length : length + 1;
  });
}

bool HttpTransfer::add_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > header_bytes_max) {
    too_long_ = true;
    return false;
  }
  if (line.starts_with("HTTP/")) {
    answer_.headers.clear();  // those before were of an interim answer
    is_interim_ = is_interim(line);
    return true;
  }
  const bool is_end = trimmed(line).empty();
  if (is_end && !is_interim_ && needs_status_alone()) has_enough(unneeded_time_max);
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    answer_.headers[core::lower_case(line.substr(0, colon))] =
        core::peer_text(trimmed(line.substr(colon + 1)), header_bytes_max);
  }
  return true;
}

bool HttpTransfer::add_body(std::string_view piece) {
  if (piece.size() > request_.answer_bytes_max - body_bytes_) {
    too_long_ = true;
    return false;
  }
  body_bytes_ += piece.size();
  if (!needs_status_alone()) answer_.body += piece;
  return true;
}

void HttpTransfer::ended(CURL* easy, CURLcode /*result*/) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes_);
  answer_.status = static_cast<unsigned>(status);
}

HttpAnswer HttpTransfer::take_answer(CURLcode result) {
  const bool is_enough = result == CURLE_OK || needs_status_alone();
  if (is_enough && answer_.status >= 200) return std::move(answer_);
  if (address_refused()) throw TransferError("the address is not a public one", false);
  if (too_long_) throw TransferError("the answer is too long", true);
  const std::string_view detail(error_text_.data());
  throw TransferError(detail.empty() ? curl_easy_strerror(result) : detail, request_bytes_ > 0);
}

}  // namespace orderflow::outbound
