#pragma once

#include "config/section.hpp"
#include "core/clock.hpp"
#include "core/money.hpp"

#include <chrono>
#include <cstddef>

namespace orderflow::orders {

struct Settings {
  core::Currency default_currency;      ///< of orders that name none
  core::Duration idempotency_keep_for;  ///< that a key stands for its order, at least
  std::chrono::seconds wait_max;        ///< that an answer is held
  std::size_t waiters_max;              ///< answers that are held at the same time
  core::Duration redrive_after;         ///< that an order is not final before it is driven on
};

/// Reads the section `orders`.
Settings read_settings(const config::Section& section);

}  // namespace orderflow::orders
