#pragma once

#include "core/field_error.hpp"
#include "events/log/event.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// The body of a dead event whose edited payload changes more than its type marks as editable, or
/// cannot be read. Nothing else can be read of such an event, and an attempt of it fails
/// permanently, whoever wrote the payload down.
struct ForbiddenEdit {
  static constexpr std::string_view kind = "forbidden edit";
  core::FieldErrors changes;  ///< what differs, by JSON pointer; not empty, at most 20
};

/// What differs between the payload of an event as it is logged and as an operator has edited it,
/// but for the members of the payload named in `editable`. Values are compared as they are written:
/// 5.0 is not 5. At most 20 are reported.
core::FieldErrors forbidden_changes(const nlohmann::json& logged, const nlohmann::json& edited,
                                    const std::vector<std::string>& editable);

}  // namespace orderflow::events
