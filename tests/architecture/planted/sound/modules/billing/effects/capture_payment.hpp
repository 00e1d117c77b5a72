#pragma once

#include "books/payment.hpp"
