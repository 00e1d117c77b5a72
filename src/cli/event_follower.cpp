#include "cli/event_follower.hpp"

#include "core/c_border.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <utility>

namespace orderflow::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 1s;
constexpr auto pause_max = 30s;
// The node sends a comment every 15 seconds.
constexpr long silence_seconds_max = 45;
constexpr std::size_t problem_bytes_max = std::size_t{1} << 20;

struct EndEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct EndMulti {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};

}  // namespace

/// One connection to the stream, from its request to its end.
class EventFollower::Connection {
 public:
  explicit Connection(EventFollower& owner)
      : owner_(owner),
        multi_(curl_multi_init()),
        easy_(curl_easy_init()),
        text_([&owner](const StreamedEvent& event) {
          if (owner.ended_) return;
          if (!owner.hooks_.take(event)) owner.ended_ = true;
        }) {
    if (!multi_ || !easy_) throw std::bad_alloc();
    prepare();
    curl_multi_add_handle(multi_.get(), easy_.get());
  }
  ~Connection() {
    curl_multi_remove_handle(multi_.get(), easy_.get());
    curl_slist_free_all(headers_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Returns when the connection has ended or following should stop. Rethrows what the hook threw
  /// when it was given an event.
  void run() {
    int running = 1;
    while (running > 0 && !owner_.ended_) {
      curl_multi_perform(multi_.get(), &running);
      if (thrown_) std::rethrow_exception(thrown_);
      if (running == 0 || owner_.ended_) break;
      curl_waitfd signal{owner_.interruption_.descriptor(), CURL_WAIT_POLLIN, 0};
      curl_multi_poll(multi_.get(), &signal, 1, 1000, nullptr);
      if (owner_.interruption_.happened()) owner_.ended_ = true;
    }
    if (!text_.last_id().empty()) owner_.last_id_ = with_life(text_.last_id());
  }

  bool stood() const noexcept { return stood_; }
  unsigned refused_status() const noexcept { return is_refusal_ ? status_ : 0; }
  const std::string& problem() const noexcept { return problem_; }

  std::string why() const {
    if (error_.front() != '\0') return error_.data();
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg == CURLMSG_DONE && message->data.result != CURLE_OK) {
        return curl_easy_strerror(message->data.result);
      }
    }
    return "the connection was closed";
  }

 private:
  /// The id, prefixed by the incarnation of the log, by which the node recognises a position from
  /// before a restore. Nodes from before incarnations send no prefix.
  std::string with_life(const std::string& id) const {
    curl_header* incarnation = nullptr;
    if (id.find('.') != std::string::npos ||
        curl_easy_header(easy_.get(), "Orderflow-Log-Life", 0, CURLH_HEADER, -1, &incarnation) !=
            CURLHE_OK) {
      return id;
    }
    return std::string(incarnation->value) + '.' + id;
  }

  void prepare() {
    CURL* easy = easy_.get();
    add_header("Accept: text/event-stream");
    if (owner_.address_.key) add_header("Authorization: Bearer " + *owner_.address_.key);
    if (!owner_.last_id_.empty()) add_header("Last-Event-ID: " + owner_.last_id_);
    url_ = owner_.address_.url + owner_.path_;
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5'000L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, silence_seconds_max);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, core::never_throws(&Connection::take));
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    if (!owner_.address_.certificates_file.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, owner_.address_.certificates_file.c_str());
    }
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers_ = longer;
  }

  static std::size_t take(char* data, std::size_t one, std::size_t size, void* self) noexcept {
    const std::size_t length = one * size;
    auto& connection = *static_cast<Connection*>(self);
    return core::at_c_border(
        length + 1,
        [&] {
          return connection.take_piece({data, length}) ? length : length + 1;
        },
        &connection.thrown_);
  }

  bool take_piece(std::string_view piece) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    status_ = static_cast<unsigned>(status);
    if (status_ != 200) {
      is_refusal_ = true;
      if (problem_.size() + piece.size() > problem_bytes_max) return false;
      problem_ += piece;
      return true;
    }
    stood_ = true;
    return text_.feed(piece) && !owner_.ended_;
  }

  EventFollower& owner_;
  std::unique_ptr<CURLM, EndMulti> multi_;
  std::unique_ptr<CURL, EndEasy> easy_;
  curl_slist* headers_ = nullptr;
  std::string url_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  EventStreamText text_;
  unsigned status_ = 0;
  bool stood_ = false;
  bool is_refusal_ = false;
  std::string problem_;
  std::exception_ptr thrown_;
};

EventFollower::EventFollower(NodeAddress address, std::string path, Interruption& interruption,
                             Hooks hooks)
    : address_(std::move(address)),
      path_(std::move(path)),
      interruption_(interruption),
      hooks_(std::move(hooks)) {}

void EventFollower::follow() {
  bool stood_once = false;
  std::chrono::seconds pause = first_pause;
  while (!ended_) {
    Connection connection(*this);
    connection.run();
    if (ended_) return;
    if (connection.stood()) pause = first_pause;
    stood_once = stood_once || connection.stood();
    const unsigned status = connection.refused_status();
    const bool comes_back = stood_once && (status == 0 || status >= 500);
    if (!comes_back && status != 0) {
      const auto problem = nlohmann::json::parse(connection.problem(), nullptr, false);
      throw NodeRefused(status, explanation(status, problem));
    }
    const std::string why =
        status != 0 ? "the node answered with status " + std::to_string(status) : connection.why();
    if (!comes_back) throw NodeUnreachable(unreachable(address_.url, why));
    hooks_.lost(why + "; trying again in " + std::to_string(pause.count()) + " s");
    if (interruption_.wait(pause)) return;
    pause = std::min<std::chrono::seconds>(pause * 2, pause_max);
  }
}

}  // namespace orderflow::cli
