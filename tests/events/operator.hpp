#pragma once

#include "probe.hpp"

#include "support/operator.hpp"

namespace orderflow::events {

using test::Operator;

}  // namespace orderflow::events
