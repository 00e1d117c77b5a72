#include "http/routing/router.hpp"
