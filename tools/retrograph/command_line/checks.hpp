#pragma once

#include <CLI/CLI.hpp>

#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retrograph::program {

/// The number that all of `text` is.
template <class T>
std::optional<T> parsed(std::string_view text) {
  T number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Refuses a text for which `holds` is false: "1.5 is not a positive integer".
CLI::Validator require(std::string what, std::function<bool(const std::string&)> holds);

/// Refuses a file whose name has none of these endings: "a name that ends in .dot, .svg or .png".
CLI::Validator file_ending_in(std::vector<std::string> endings);

extern const CLI::Validator positive_number, positive_integer;
extern const CLI::Validator whole_number;  // from 0 on
extern const CLI::Validator share;         // above 0 and below 1
extern const CLI::Validator seed;          // an integer from 0 on
extern const CLI::Validator thread_count;  // 0 to 1024

}  // namespace retrograph::program
