#include "commands/orders/order_request.hpp"

#include "cli/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string_view>

namespace orderflow::commands {
namespace {

/// A flag whose text is a member of the order as it stands.
struct TextFlag {
  const char* flag;
  const char* member;
  const char* help;
  const char* type_name = "TEXT";
};

constexpr std::array text_flags = std::to_array<TextFlag>({
    {"--user", "userId", "Who orders"},
    {"--email", "email", "Where mails go"},
    {"--currency", "currency", "ISO 4217 code (default: the node's)", "CODE"},
    {"--payment-method", "paymentMethod", "As the payment gateway names it"},
});

constexpr std::size_t file_bytes_max = std::size_t{16} << 20;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `book-1:2:1999`; a product's own name may have colons.
nlohmann::json item_of(const std::string& text) {
  const std::size_t price_colon = text.rfind(':');
  const std::size_t quantity_colon = price_colon == std::string::npos || price_colon == 0
                                         ? std::string::npos
                                         : text.rfind(':', price_colon - 1);
  if (quantity_colon != std::string::npos && quantity_colon > 0) {
    const std::string_view all(text);
    const auto quantity =
        whole_number(all.substr(quantity_colon + 1, price_colon - quantity_colon - 1));
    const auto price = whole_number(all.substr(price_colon + 1));
    if (quantity && price) {
      return {{"productId", text.substr(0, quantity_colon)},
              {"quantity", *quantity},
              {"price", *price}};
    }
  }
  throw cli::WrongUse("--item: \"" + text +
                      "\" is not PRODUCT:QUANTITY:PRICE with the price of one in the currency's "
                      "minor unit, such as book-1:2:1999");
}

}  // namespace

nlohmann::json read_json_file(const std::string& flag, const std::string& file) {
  std::string text;
  const auto read = [&](std::istream& in) {
    for (std::istreambuf_iterator<char> at(in), end; at != end && text.size() <= file_bytes_max;
         ++at) {
      text += *at;
    }
  };
  if (file == "-") {
    read(std::cin);
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw cli::WrongUse(flag + ": cannot read " + file);
    read(in);
  }
  if (text.size() > file_bytes_max) throw cli::WrongUse(flag + ": is longer than 16 MiB");
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& e) {
    throw cli::WrongUse(flag + ": is not JSON: " + e.what());
  }
}

void OrderRequest::add_to(CLI::App& command) {
  for (const TextFlag& one : text_flags) {
    command.add_option(one.flag, texts_[one.member], one.help)->type_name(one.type_name);
  }
  command.add_option("--item", items_, "PRODUCT:QUANTITY:PRICE, as book-1:2:1999; several allowed")
      ->type_name("ITEM")
      ->allow_extra_args(false);
  command.add_option("--file", file_, "The order as JSON instead; - reads standard input")
      ->type_name("FILE");
}

nlohmann::json OrderRequest::to_json() const {
  const bool has_flags = !items_.empty() || std::ranges::any_of(texts_, [](const auto& text) {
    return !text.second.empty();
  });
  if (!file_.empty()) {
    if (has_flags) {
      throw cli::WrongUse("--file holds the whole order: give it, or the flags that describe one");
    }
    return read_json_file("--file", file_);
  }
  if (texts_.at("userId").empty() || items_.empty()) {
    throw cli::WrongUse("an order needs --user and at least one --item, or --file");
  }
  nlohmann::json order = {{"items", nlohmann::json::array()}};
  for (const std::string& item : items_)
    order["items"].push_back(item_of(item));
  for (const auto& [member, text] : texts_) {
    if (!text.empty()) order[member] = text;
  }
  return order;
}

}  // namespace orderflow::commands
