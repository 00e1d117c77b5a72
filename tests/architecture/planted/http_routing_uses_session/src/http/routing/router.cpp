#include "http/session.hpp"
