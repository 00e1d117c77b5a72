#pragma once

#include "config/section.hpp"
#include "core/money.hpp"

namespace orderflow::orders {

struct Settings {
  core::Currency default_currency;  ///< of orders that name none
};

/// Reads the section `orders`.
Settings read_settings(const config::Section& section);

}  // namespace orderflow::orders
