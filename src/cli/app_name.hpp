#pragma once

/// CLI11's class by name alone: its header takes five seconds to compile wherever it is read, so
/// that only sources that define flags read it.
namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}
