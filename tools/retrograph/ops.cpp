#include <retrograph/ops/catalogue.hpp>

#include "commands.hpp"
#include "terminal.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace retrograph::program {
namespace {

constexpr std::size_t columns = 5;
using Row = std::array<std::string, columns>;
constexpr auto gap = "  ";

/// Both floats are "float", both signed integers "int".
std::string in_short(std::vector<DType> dtypes) {
  std::vector<std::string> words;
  const auto take = [&](std::initializer_list<DType> group, std::string_view word) {
    const auto has = [&](DType dtype) { return std::count(dtypes.begin(), dtypes.end(), dtype) > 0; };
    if (!std::all_of(group.begin(), group.end(), has)) return;
    words.emplace_back(word);
    std::erase_if(dtypes, [&](DType dtype) { return std::count(group.begin(), group.end(), dtype) > 0; });
  };
  take({DType::float32, DType::float64}, "float");
  take({DType::int32, DType::int64}, "int");
  for (const auto dtype : all_dtypes) take({dtype}, to_string(dtype));
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<Row> rows_of_catalogue() {
  std::vector<Row> rows{{"name", "formula", "shapes", "dtypes", "gradient"}};
  for (const auto& entry : catalogue())
    rows.push_back({std::string{entry.name}, std::string{entry.formula}, std::string{entry.shapes},
                    in_short(entry.dtypes), std::string{entry.gradient}});
  return rows;
}

std::array<std::size_t, columns> widths_of(const std::vector<Row>& rows) {
  std::array<std::size_t, columns> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
  return widths;
}

void print_table(const std::vector<Row>& rows, const std::array<std::size_t, columns>& widths) {
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) line += fmt::format("{:<{}}{}", row[i], widths[i], gap);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

void print_blocks(const std::vector<Row>& rows, std::size_t name_width) {
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const auto& [name, formula, shapes, dtypes, gradient] = *row;
    fmt::print("{:<{}}{}{}\n", name, name_width, gap, formula);
    fmt::print("{:<{}}{}{}, {}\n", "", name_width, gap, shapes, dtypes);
    fmt::print("{:<{}}{}gradient: {}\n", "", name_width, gap, gradient);
  }
}

}  // namespace

void run(const OpsCommand&) {
  const auto rows = rows_of_catalogue();
  const auto widths = widths_of(rows);
  std::size_t total = 0;
  for (const auto width : widths) total += width + std::string_view{gap}.size();
  if (const auto terminal = terminal_width(); terminal && *terminal < total)
    print_blocks(rows, widths[0]);
  else
    print_table(rows, widths);
}

}  // namespace retrograph::program
