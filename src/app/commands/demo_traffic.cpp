#include "commands/demo_traffic.hpp"

#include <array>
#include <string>

namespace orderflow::app {
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

nlohmann::json DemoTraffic::next() {
  const std::string user = std::string(first_names[pick(first_names.size())]) + "." +
                           last_names[pick(last_names.size())];
  nlohmann::json order = {{"userId", user},
                          {"currency", currencies[pick(currencies.size())]},
                          {"items", nlohmann::json::array()}};
  order["email"] = user + (one_in(15) ? "@mailbox.invalid" : "@example.com");
  const std::uint64_t lines = 1 + pick(3);
  for (std::uint64_t line = 0; line < lines; ++line)
    order["items"].push_back(line_of(products[pick(products.size())], 1 + pick(3)));
  if (one_in(15)) {
    // Above the largest order that the fraud rules let pass as they are shipped.
    order["items"].push_back(line_of(samovar, 1));
  } else if (one_in(10)) {
    order["paymentMethod"] = "sim-decline:insufficient_funds";
  } else if (one_in(12)) {
    order["paymentMethod"] = "sim-fail-2";
  }
  return order;
}

}  // namespace orderflow::app
