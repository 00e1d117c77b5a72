#pragma once

namespace orderflow::test {

/// True where this build carries a sanitizer, which makes everything slower and larger. GCC shows
/// it by macros, clang by features.
inline constexpr bool sanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    true;
#else
    false;
#endif
#else
    false;
#endif

}  // namespace orderflow::test
