#pragma once

#include <string_view>
#include <vector>

namespace orderflow::notifications {

struct EmbeddedTemplate {
  std::string_view name;  ///< "order_confirmation.en.html"
  std::string_view text;
};

/// Every file of templates/ as it was when this program was built.
std::vector<EmbeddedTemplate> embedded_templates();

}  // namespace orderflow::notifications
