#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orderflow::core {

/// How much of `text`, from its beginning on, is an API key of ours or looks like one; 0: nothing.
std::size_t api_key_length(std::string_view text) noexcept;

/// What stays of an API key wherever it is shown.
inline constexpr std::string_view masked_api_key = "ofk_***";

/// `text` with each API key of ours masked: what people type may be shown, logged and kept, and
/// what they mistype too.
std::string with_keys_masked(std::string_view text);

/// The same for a text that is or was to be a URL: the password of its login goes too, or all of a
/// login without one, be the URL right or wrong. Masks rather too much than too little.
std::string with_secrets_masked(std::string_view url);

}  // namespace orderflow::core
