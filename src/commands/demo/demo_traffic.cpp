#include "commands/demo/demo_traffic.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace orderflow::commands {
namespace {

struct Product {
  const char* id;
  const char* name;
  std::int64_t price;
};

constexpr std::array products{
    Product{"tea-darjeeling", "Darjeeling, 100 g", 1290},
    Product{"tea-assam", "Assam, 100 g", 990},
    Product{"pot-iron", "Cast iron teapot", 5900},
    Product{"cup-glass", "Glass cup", 850},
    Product{"sieve", "Tea sieve", 640},
    Product{"kettle", "Kettle", 4490},
    Product{"honey", "Linden honey", 720},
    Product{"tray", "Bamboo tray", 2350},
};
constexpr Product samovar{"samovar-silver", "Silver samovar, 1890", 1'280'000};

constexpr std::array first_names{"ada",    "alan",  "barbara", "carl",     "donald",
                                 "edsger", "fran",  "grace",   "hedy",     "ivan",
                                 "joan",   "ken",   "linus",   "margaret", "niklaus",
                                 "ole",    "radia", "sophie",  "tim",      "ursula"};
constexpr std::array last_names{"archer",  "baker",  "carter", "dyer",   "fisher",
                                "gardner", "hunter", "mason",  "miller", "parker",
                                "potter",  "sawyer", "smith",  "taylor", "turner",
                                "walker",  "weaver", "webb",   "wood",   "wright"};
constexpr std::array currencies{"EUR", "EUR", "EUR", "USD", "GBP"};

nlohmann::json line_of(const Product& product, std::uint64_t quantity) {
  return {{"productId", product.id},
          {"name", product.name},
          {"quantity", quantity},
          {"price", product.price}};
}

}  // namespace

DemoTraffic::Fate DemoTraffic::next_fate() {
  if (fates_.empty()) {
    constexpr std::size_t orders_a_block = 20;
    fates_ = {Fate::fraud, Fate::declined, Fate::declined, Fate::charged_late, Fate::unreachable};
    fates_.resize(orders_a_block, Fate::paid);
    for (std::size_t left = fates_.size(); left > 1; --left)
      std::swap(fates_[left - 1], fates_[pick(left)]);
  }
  const Fate fate = fates_.back();
  fates_.pop_back();
  return fate;
}

nlohmann::json DemoTraffic::next() {
  const Fate fate = next_fate();
  const std::string user = std::string(first_names[pick(first_names.size())]) + "." +
                           last_names[pick(last_names.size())];
  nlohmann::json order = {{"userId", user},
                          {"currency", currencies[pick(currencies.size())]},
                          {"items", nlohmann::json::array()}};
  order["email"] = user + (fate == Fate::unreachable ? "@mailbox.invalid" : "@example.com");
  const std::uint64_t lines = 1 + pick(3);
  for (std::uint64_t line = 0; line < lines; ++line)
    order["items"].push_back(line_of(products[pick(products.size())], 1 + pick(3)));
  // Above the largest order that the fraud rules let pass as they are shipped.
  if (fate == Fate::fraud) order["items"].push_back(line_of(samovar, 1));
  if (fate == Fate::declined) order["paymentMethod"] = "sim-decline:insufficient_funds";
  if (fate == Fate::charged_late) order["paymentMethod"] = "sim-fail-2";
  return order;
}

}  // namespace orderflow::commands
