#include "settings.hpp"

namespace orderflow::orders {

Settings read_settings(const config::Section& section) {
  const auto all = core::Currency::all_codes();
  const std::string code = section.choice("defaultCurrency", "EUR", {all.begin(), all.end()});
  return {.default_currency = *core::Currency::parse(code)};
}

}  // namespace orderflow::orders
