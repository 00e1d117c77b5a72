#include "composing/template_kinds.hpp"

#include <algorithm>

namespace orderflow::notifications {

const std::vector<TemplateKind>& template_kinds() {
  static const std::vector<TemplateKind> kinds{
      {.name = "order_confirmation",
       .names = {.fields = {"shop", "order_id", "placed_at", "total"},
                 .sections = {{"items",
                               {"label", "name", "product_id", "quantity", "price", "amount"}},
                              {"unsubscribe", {"url"}}}},
       .parts = {"subject", "txt", "html"},
       .cases = {"placed"}},
      {.name = "order_outcome",
       .names = {.fields = {"shop", "order_id", "amount"},
                 .sections = {{"paid", {}},
                              {"refused", {}},
                              {"declined", {}},
                              {"canceled", {}},
                              {"refunded", {}},
                              {"partly_refunded", {}},
                              {"unsubscribe", {"url"}}}},
       .parts = {"subject", "txt", "html"},
       .cases = {"paid", "refused", "declined", "canceled", "refunded", "partly_refunded"}},
      {.name = unsubscribe_page,
       .names = {.fields = {"shop"},
                 .sections = {{"ask", {}},
                              {"done", {}},
                              {"unknown", {}},
                              {"order_confirmation", {}},
                              {"order_outcome", {}}}},
       .parts = {"html"},
       .cases = {"ask", "done", "unknown"}}};
  return kinds;
}

const TemplateKind* find_template_kind(std::string_view name) noexcept {
  const auto& kinds = template_kinds();
  const auto found = std::ranges::find(kinds, name, &TemplateKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace orderflow::notifications
