#pragma once

#include "billing/contract/payment_requested.hpp"
