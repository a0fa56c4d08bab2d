#include "checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace retrograph::program {

CLI::Validator require(std::string what, std::function<bool(const std::string&)> holds) {
  return CLI::Validator{[what, holds](std::string& text) {
                          return holds(text) ? std::string{} : fmt::format("{} is not {}", text, what);
                        },
                        ""};
}

CLI::Validator file_ending_in(std::vector<std::string> endings) {
  const auto last = std::prev(endings.end());
  const auto text =
      endings.size() == 1 ? *last : fmt::format("{} or {}", fmt::join(endings.begin(), last, ", "), *last);
  return require(fmt::format("a name that ends in {}", text), [endings](const std::string& file) {
    const auto ending = std::filesystem::path{file}.extension().string();
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
  });
}

const CLI::Validator positive_number{require("a positive number", [](const std::string& text) {
  const auto number = parsed<double>(text);
  return number && std::isfinite(*number) && *number > 0;
})};
const CLI::Validator share{require("a share above 0 and below 1", [](const std::string& text) {
  const auto number = parsed<double>(text);
  return number && *number > 0 && *number < 1;
})};
const CLI::Validator positive_integer{require("a positive integer", [](const std::string& text) {
  return parsed<std::int64_t>(text).value_or(0) > 0;
})};
const CLI::Validator whole_number{require("an integer from 0 on", [](const std::string& text) {
  return parsed<std::int64_t>(text).value_or(-1) >= 0;
})};
const CLI::Validator seed{require(
    "an integer from 0 on", [](const std::string& text) { return parsed<std::uint64_t>(text).has_value(); })};
const CLI::Validator thread_count{require("a number of threads from 0 to 1024", [](const std::string& text) {
  return parsed<std::uint32_t>(text).value_or(1025) <= 1024;
})};

}  // namespace retrograph::program
