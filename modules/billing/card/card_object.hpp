#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// The gateway's objects as far as we look at them; members that we do not know are passed over.
/// A reader gives nothing where the document is not such an object, or lacks what it must have. The
/// gateway's names are those of `CardId`: an object with another one cannot be read.

/// What is taken for a charge: a payment intent.
struct CardIntent {
  std::string id;
  std::string status;
  std::int64_t amount = 0;           ///< as the gateway counts it
  std::int64_t amount_received = 0;  ///< what was really charged
  std::string currency;              ///< in capitals
  std::string payment_id;            ///< from its metadata; may be empty
  std::string error_code;            ///< of its last attempt, the gateway's; may be empty
};
std::optional<CardIntent> read_intent(const nlohmann::json& document);

struct CardRefund {
  std::string id;
  std::string status;
  std::int64_t amount = 0;
  std::string currency;        ///< in capitals
  std::string intent;          ///< whose money it is; may be empty
  std::string payment_id;      ///< from its metadata; may be empty
  std::string refund_key;      ///< from its metadata; may be empty
  std::string failure_reason;  ///< may be empty
  std::string reason;          ///< of whoever asked for it; may be empty
};
std::optional<CardRefund> read_refund(const nlohmann::json& document);

/// What was charged by an intent, as far as it is looked at: which one that was.
struct CardCharge {
  std::string id;
  std::string intent;      ///< may be empty
  std::string payment_id;  ///< from its metadata; may be empty
};
std::optional<CardCharge> read_charge(const nlohmann::json& document);

struct CardDispute {
  std::string id;
  std::string intent;  ///< whose money it is; may be empty
  std::int64_t amount = 0;
  std::string currency;  ///< in capitals
  std::string status;
  std::string reason;  ///< may be empty
};
std::optional<CardDispute> read_dispute(const nlohmann::json& document);

/// Why a request was refused. Members that the gateway did not give are empty.
struct CardError {
  std::string type;
  std::string code;
  std::string decline_code;
  std::string param;
  std::string message;
};
CardError read_error(const nlohmann::json& document);

/// A page of a list or search. Objects that cannot be read make the whole page unreadable: a charge
/// must not be overlooked.
template <class Object>
struct CardPage {
  std::vector<Object> objects;
  bool has_more = false;
  std::string next_page;  ///< of a search
};
std::optional<CardPage<CardIntent>> read_intents(const nlohmann::json& document);
std::optional<CardPage<CardRefund>> read_refunds(const nlohmann::json& document);

/// A word of the gateway's, cut to what is kept and shown of one.
std::string word_of(const std::string& text);

/// The whole number of that name, nothing where there is none.
std::optional<std::int64_t> whole_number_at(const nlohmann::json& document, std::string_view name);

/// What stands at a path of names; null where nothing does. Never throws, whatever the document is.
const nlohmann::json& object_at(const nlohmann::json& document,
                                std::initializer_list<std::string_view> path);

/// The text at a path of names, such as "metadata", "payment_id"; empty where there is none.
std::string text_at(const nlohmann::json& document, std::initializer_list<std::string_view> path);

}  // namespace orderflow::billing
