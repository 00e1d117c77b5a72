#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "outbound/http_request.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::simulation {

/// What a buyer may pay with, by what becomes of it at the gateway.
namespace pay {
inline constexpr const char* with_success = "pm_card";
inline constexpr const char* by_default = "pm_default";  ///< of who names none
inline constexpr const char* declined = "pm_declined";
inline constexpr const char* unknown = "pm_unknown";
inline constexpr const char* wants_action = "pm_action";
inline constexpr const char* slowly = "pm_slow";
inline constexpr const char* slowly_in_vain = "pm_slow_fails";
inline constexpr const char* refunded_slowly = "pm_refund_slow";
inline constexpr const char* refunded_in_vain = "pm_refund_fails";
inline constexpr const char* never_refunded = "pm_refund_refused";
}  // namespace pay

using Form = std::map<std::string, std::string>;

/// What the card gateway knows, and what it answers about it: charges and refunds, in its own
/// units. Money moves here and nowhere else, and no more is ever paid back than was charged. As
/// unkind as a real one: its search finds a charge only a while after it was made, its lists come
/// in small pages, and it refuses a refund without a code.
class CardBooks {
 public:
  enum class Status { succeeded, in_hand, unpaid, wants_action, canceled, failed };

  struct Charge {
    std::string id;
    std::string order_id;
    std::string payment_id;
    std::string currency;
    std::string method;
    std::int64_t amount = 0;
    Status status = Status::in_hand;
    std::string decline_code{};
    core::Timestamp found_from{};  ///< by a search
  };

  struct Refund {
    std::string id;
    std::string charge;
    std::string order_id;
    std::string payment_id;
    std::string key{};  ///< ours, from its metadata; empty: the shop made it in the dashboard
    std::string currency;
    std::int64_t amount = 0;
    Status status = Status::succeeded;
  };

  /// The gateway's own time, which is right. Outlives it.
  CardBooks(const core::Clock& clock, std::uint64_t seed)
      : clock_(clock), random_(seed), lists_refunds_of_charge_(random_.below(3) == 0) {}

  // What it is asked, and its answers.
  outbound::HttpAnswer charge(const Form& form);
  outbound::HttpAnswer cancel(const std::string& charge);
  outbound::HttpAnswer show_charge(const std::string& charge) const;
  outbound::HttpAnswer search(const Form& query) const;
  outbound::HttpAnswer refund(const Form& form);
  outbound::HttpAnswer show_refund(const std::string& refund) const;
  outbound::HttpAnswer list_refunds(const Form& query) const;

  /// The shop pays a part of some charge back by hand, or all that is left. Nothing where there is
  /// none to choose.
  const Refund* refund_by_hand();

  /// Ends some of what is in hand, or all of it. Returns whether there was something.
  bool settle(bool all);

  /// What has happened since it was last asked, as events report it: type and object.
  struct News {
    std::string type;
    nlohmann::json object;
    bool is_by_hand;  ///< about what nobody but the gateway knows
  };
  std::vector<News> take_news();

  const std::vector<Charge>& charges() const noexcept { return charges_; }
  const std::vector<Refund>& refunds() const noexcept { return refunds_; }
  /// Requests that no gateway could make sense of, in words.
  const std::vector<std::string>& nonsense() const noexcept { return nonsense_; }

 private:
  Charge* find_charge(std::string_view id);
  const Charge* find_charge(std::string_view id) const;
  std::int64_t paid_back(std::string_view charge) const;
  void report_charge(const Charge& charge);
  void report_refund(const Refund& refund, std::string type);
  outbound::HttpAnswer decline(Charge& charge, const std::string& code);
  nlohmann::json charge_with_refunds(const Charge& charge) const;

  const core::Clock& clock_;
  core::SeededRandom random_;
  const bool lists_refunds_of_charge_;  ///< as older versions of its interface do
  std::vector<Charge> charges_;
  std::vector<Refund> refunds_;
  std::vector<News> news_;
  std::vector<std::string> nonsense_;
};

}  // namespace orderflow::simulation
