#include "preferences/preference_store.hpp"
