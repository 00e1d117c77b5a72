#include "bridge/connection/connection_state.hpp"

namespace orderflow::bridge {

const char* to_string(ConnectionState state) noexcept {
  switch (state) {
    case ConnectionState::connecting:
      return "connecting";
    case ConnectionState::connected:
      return "connected";
    case ConnectionState::blocked:
      return "blocked";
    case ConnectionState::refused:
      return "refused";
    case ConnectionState::stopped:
      break;
  }
  return "stopped";
}

}  // namespace orderflow::bridge
