#include "app/main.hpp"
