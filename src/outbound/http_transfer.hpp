#pragma once

#include "outbound/http_request.hpp"
#include "outbound/transfer.hpp"

#include <array>
#include <string>
#include <string_view>

namespace orderflow::outbound {

/// An HTTP request and its answer (HTTP/1.1) as libcurl's callbacks see them. Used for one
/// exchange.
class HttpTransfer final : public Transfer {
 public:
  /// `request` outlives it.
  explicit HttpTransfer(const HttpRequest& request) : request_(request) {}
  ~HttpTransfer() override;

  void prepare(CURL* easy) override;
  void ended(CURL* easy, CURLcode result) override;

  /// Throws `TransferError` unless there is as much of an answer as the request needs.
  HttpAnswer take_answer(CURLcode result);

 private:
  bool needs_status_alone() const noexcept { return request_.need == AnswerNeed::status; }
  static std::size_t take_header(char* data, std::size_t one, std::size_t size,
                                 void* self) noexcept;
  static std::size_t take_body(char* data, std::size_t one, std::size_t size, void* self) noexcept;
  bool add_header(std::string_view line);
  bool add_body(std::string_view piece);

  const HttpRequest& request_;
  curl_slist* header_lines_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  HttpAnswer answer_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  long request_bytes_ = 0;
  bool is_interim_ = false;
  bool too_long_ = false;
};

}  // namespace orderflow::outbound
