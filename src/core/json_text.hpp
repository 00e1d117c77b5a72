#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace orderflow::core {

/// The text of a JSON object, written member by member without a document in between: a tenth of
/// the work that nlohmann's takes, for what is written at every order. It stands in for
/// `nlohmann::json` in a `to_json` whose first parameter is a template's:
///
///     template <class Json>
///     void to_json(Json& json, const Parcel& parcel) {
///       json["id"] = parcel.id;
///       if (!parcel.note.empty()) json["note"] = parcel.note;
///     }
///
/// Members stand in the order in which they are written; write each once, under a name of plain
/// ASCII without quotes and backslashes. Values are texts, numbers, booleans, ranges, and what has
/// such a `to_json`.
class JsonText {
 public:
  class Member {
   public:
    template <class T>
    void operator=(const T& value) && {
      text_.append(value);
    }

   private:
    friend class JsonText;
    explicit Member(JsonText& text) noexcept : text_(text) {}
    JsonText& text_;
  };

  Member operator[](std::string_view name) {
    if (text_.back() != '{') text_ += ',';
    text_ += '"';
    text_ += name;
    text_ += "\":";
    return Member(*this);
  }

  /// The object's text.
  template <class T>
  static std::string of(const T& object) {
    JsonText text;
    text.append(object);
    return std::move(text.text_);
  }

 private:
  JsonText() { text_.reserve(512); }

  template <class T>
  void append(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      text_ += value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
      std::array<char, 24> digits;
      const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
      text_.append(digits.begin(), end);
    } else if constexpr (std::floating_point<T>) {
      append_number(value);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      append_string(value);
    } else if constexpr (std::ranges::range<T>) {
      text_ += '[';
      for (const auto& element : value) {
        if (text_.back() != '[') text_ += ',';
        append(element);
      }
      text_ += ']';
    } else {
      text_ += '{';
      to_json(*this, value);
      text_ += '}';
    }
  }

  /// Throws `nlohmann::json::type_error` where it is not UTF-8, as nlohmann's does.
  void append_string(std::string_view value);
  void append_number(double value);

  std::string text_;
};

/// What `JsonText` can write.
template <class T>
concept WritesJsonText = requires(JsonText& text, const T& value) {
  to_json(text, value);
};

}  // namespace orderflow::core
