#pragma once

#include "composing/template.hpp"

#include <string_view>
#include <vector>

namespace orderflow::notifications {

/// What there are templates for: each kind of mail, and the page behind the link in a mail.
struct TemplateKind {
  std::string_view name;                ///< as the files begin: "order_outcome"
  TemplateNames names;                  ///< what its templates may use
  std::vector<std::string_view> parts;  ///< as the files end: "subject", "txt", "html"
  std::vector<std::string_view> cases;  ///< what it may have to tell, each with a sample
};

inline constexpr std::string_view unsubscribe_page = "unsubscribe";

/// All of them; the mails are named as `to_string(Kind)` says.
const std::vector<TemplateKind>& template_kinds();

/// Null where there is none of that name.
const TemplateKind* find_template_kind(std::string_view name) noexcept;

}  // namespace orderflow::notifications
