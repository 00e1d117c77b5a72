#pragma once

#include <string>
#include <string_view>

namespace orderflow::telemetry {

/// `text` as it may stand in a log, on one line: of mail addresses the first character and the
/// domain are left ("a***@example.com"), of what pays, signs or opens (payment method ids,
/// gateway keys, signing secrets, API keys of ours) the kind ("pm_***"), of card numbers the last
/// four digits. Control characters become blanks, and bytes that are not UTF-8 become U+FFFD.
///
/// For texts that others have written, such as what a peer answers; what we know to be personal is
/// not given to the log in the first place. Masks rather too much than too little.
std::string masked(std::string_view text);

}  // namespace orderflow::telemetry
