#include "node_client.hpp"

#include <curl/curl.h>

#include <array>
#include <memory>

namespace orderflow::app {
namespace {

constexpr std::size_t answer_bytes_max = 16U << 20;

struct EndEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct EndList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

class HeaderLines {
 public:
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(lines_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)lines_.release();
    lines_.reset(longer);
  }
  curl_slist* get() const noexcept { return lines_.get(); }

 private:
  std::unique_ptr<curl_slist, EndList> lines_;
};

std::size_t take(char* data, std::size_t one, std::size_t size, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + one * size > answer_bytes_max) return 0;
  body.append(data, one * size);
  return one * size;
}

std::string explanation(long status, const nlohmann::json& problem) {
  if (!problem.is_object()) return "the node answered with status " + std::to_string(status);
  std::string text = problem.value("title", "") + ": " + problem.value("detail", "");
  const auto errors = problem.find("errors");
  if (errors == problem.end()) return text;
  for (const auto& error : *errors)
    text += "\n  " + error.value("pointer", "") + " " + error.value("detail", "");
  return text;
}

}  // namespace

nlohmann::json NodeClient::ask(const std::string& method, const std::string& path,
                               const nlohmann::json& body) const {
  const std::unique_ptr<CURL, EndEasy> easy(curl_easy_init());
  if (!easy) throw NodeUnreachable("libcurl cannot be used");
  const std::string url = options_.url + path;
  const std::string content = body.is_null() ? "" : body.dump();
  std::string answer;
  std::array<char, CURL_ERROR_SIZE> error{};
  HeaderLines lines;
  lines.add("Content-Type: application/json");
  if (options_.key) lines.add("Authorization: Bearer " + *options_.key);
  const auto set = [&](CURLoption option, auto value) {
    if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK) {
      throw NodeUnreachable("cannot ask " + url);
    }
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_CUSTOMREQUEST, method.c_str());
  set(CURLOPT_HTTPHEADER, lines.get());
  set(CURLOPT_ERRORBUFFER, error.data());
  set(CURLOPT_TIMEOUT_MS, 30'000L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_WRITEFUNCTION, &take);
  set(CURLOPT_WRITEDATA, &answer);
  if (!options_.certificates_file.empty()) {
    set(CURLOPT_CAINFO, options_.certificates_file.c_str());
  }
  if (!body.is_null()) {
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(content.size()));
    set(CURLOPT_POSTFIELDS, content.c_str());
  }
  const CURLcode result = curl_easy_perform(easy.get());
  if (result != CURLE_OK) {
    const std::string why = error[0] != '\0' ? error.data() : curl_easy_strerror(result);
    throw NodeUnreachable("no answer from " + options_.url + ": " + why);
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  nlohmann::json document;
  if (!answer.empty()) document = nlohmann::json::parse(answer, nullptr, false);
  if (status >= 400) throw NodeRefused(explanation(status, document));
  if (document.is_discarded() || status < 200 || status >= 300) {
    throw NodeUnreachable(options_.url + " does not answer like a node of orderflow");
  }
  return document;
}

}  // namespace orderflow::app
