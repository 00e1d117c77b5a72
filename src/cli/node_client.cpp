#include "cli/node_client.hpp"

#include "outbound/http_transfer.hpp"

#include <curl/curl.h>

#include <cctype>

namespace orderflow::cli {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{64} << 20;
constexpr long connect_timeout_ms = 5'000;

std::string next_step(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return "\nGive an API key that may do this in ORDERFLOW_API_KEY or --key-file; "
             "`orderflow keys list` shows the keys.";
    case 429:
      return "\nToo many requests: wait a moment.";
    case 503:
      return "\nTry again in a moment; `orderflow status` shows its state.";
    default:
      return status >= 500 ? "\nThe node's log has more under the correlation id." : "";
  }
}

std::string text_at(const nlohmann::json& document, const char* name) {
  const auto member = document.find(name);
  return member != document.end() && member->is_string() ? member->get<std::string>() : "";
}

}  // namespace

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 0x0fU];
  }
  return out;
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    query += (query.empty() ? "?" : "&") + name + "=" + escaped(value);
  }
  return query;
}

std::string explanation(unsigned status, const nlohmann::json& problem) {
  std::string text;
  if (problem.is_object()) {
    text = text_at(problem, "title");
    if (const std::string detail = text_at(problem, "detail"); !detail.empty()) {
      text += (text.empty() ? "" : ": ") + detail;
    }
    const auto errors = problem.find("errors");
    if (errors != problem.end() && errors->is_array()) {
      for (const auto& error : *errors) {
        if (!error.is_object()) continue;
        text += "\n  " + text_at(error, "pointer") + " " + text_at(error, "detail");
      }
    }
    const std::string correlation_id = text_at(problem, "correlationId");
    if (status >= 500 && !correlation_id.empty()) text += "\n  correlation id " + correlation_id;
  }
  if (text.empty()) text = "the node answered with status " + std::to_string(status);
  return text + next_step(status);
}

std::string unreachable(const std::string& url, const std::string& why) {
  return "no answer from " + url + ": " + why +
         "\nStart a node with `orderflow serve`, or name the one you mean by --url or "
         "ORDERFLOW_URL.";
}

struct NodeClient::Engine {
  CURL* easy = curl_easy_init();
  ~Engine() { curl_easy_cleanup(easy); }
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
};

NodeClient::NodeClient(NodeAddress address)
    : address_(std::move(address)), engine_(std::make_unique<Engine>()) {
  if (engine_->easy == nullptr) throw std::runtime_error("libcurl cannot be used");
}

NodeClient::~NodeClient() = default;

NodeAnswer NodeClient::exchange(const NodeRequest& request) {
  outbound::HttpRequest out{.method = request.method,
                            .url = address_.url + request.path,
                            .headers = request.headers,
                            .body = {},
                            .timeout = request.timeout,
                            .answer_bytes_max = answer_bytes_max};
  out.headers.emplace_back("Accept", "application/json");
  if (address_.key) out.headers.emplace_back("Authorization", "Bearer " + *address_.key);
  if (!request.body.is_null()) {
    out.headers.emplace_back("Content-Type", "application/json");
    out.body = request.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  outbound::HttpTransfer transfer(out);
  CURL* easy = engine_->easy;
  curl_easy_reset(easy);
  transfer.prepare(easy);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  if (!address_.certificates_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, address_.certificates_file.c_str());
  }
  const CURLcode result = curl_easy_perform(easy);
  transfer.ended(easy, result);
  try {
    const outbound::HttpAnswer answer = transfer.take_answer(result);
    NodeAnswer parsed{.status = answer.status,
                      .document = nullptr,
                      .location = std::string(answer.header("location").value_or(""))};
    if (!answer.body.empty()) {
      parsed.document = nlohmann::json::parse(answer.body, nullptr, false);
    }
    if (parsed.document.is_discarded()) {
      throw NodeUnreachable(unreachable(address_.url, "it does not answer as a node does"));
    }
    return parsed;
  } catch (const outbound::TransferError& e) {
    throw NodeUnreachable(unreachable(address_.url, e.what()));
  }
}

NodeAnswer NodeClient::ask(const NodeRequest& request) {
  NodeAnswer answer = exchange(request);
  if (answer.status >= 400) {
    throw NodeRefused(answer.status, explanation(answer.status, answer.document));
  }
  if (answer.status >= 300) {
    throw NodeUnreachable(unreachable(
        address_.url,
        "it answers with status " + std::to_string(answer.status) + ", as no node does"));
  }
  return answer;
}

}  // namespace orderflow::cli
