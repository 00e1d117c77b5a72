#include "billing/module.hpp"
