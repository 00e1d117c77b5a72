#pragma once

/// A forward declaration of CLI11's class: its header takes five seconds to compile, so only
/// sources that define flags include it.
namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}
