#include <retrograph/graph/draw/escape.hpp>
#include <retrograph/graph/draw/label.hpp>
#include <retrograph/graph/draw/style.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace retrograph::draw {
namespace {

constexpr std::size_t longest_name = 40;
constexpr std::size_t longest_line = 48;
constexpr std::int64_t numbers_shown = 4;

/// True if nobody named the node: its name is that of its op, with a number if there are several.
bool is_automatic(std::string_view name, std::string_view op) {
  if (!name.starts_with(op)) return false;
  name.remove_prefix(op.size());
  if (name.empty()) return true;
  if (name.size() < 2 || name.front() != '_') return false;
  name.remove_prefix(1);
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string to_text(const Type& type) {
  return fmt::format("{} {}", to_string(type.shape), to_string(type.dtype));
}

std::string bold(std::string_view text) {
  return fmt::format("<b>{}</b>", html_text(shortened(text, longest_name)));
}

std::string row(std::string_view cells) {
  return fmt::format("<tr>{}</tr>", cells);
}

std::string table(std::string_view attributes, std::string_view rows) {
  return fmt::format(R"(<table border="0" cellborder="0" cellspacing="0"{}>{}</table>)", attributes, rows);
}

std::string small(std::string_view text) {
  return fmt::format(R"(<font point-size="{}" color="{}">{}</font>)", small_font_size, muted_text_colour,
                     html_text(shortened(text, longest_line)));
}

/// True for a constant of few numbers.
bool is_short(const Node& node) {
  const auto* value = node.constant();
  return value && value->rank() <= 1 && value->size() <= numbers_shown;
}

std::string title_of(const Node& node) {
  if (is_short(node)) return fmt::format("{} = {}", bold(node.name), html_text(to_string(*node.constant())));
  const auto* op = node.op();
  if (!op) return bold(node.name);
  if (is_automatic(node.name, op->name())) return bold(op->name());
  return fmt::format("{} = {}", bold(node.name), html_text(shortened(op->name(), longest_name)));
}

/// Unless they say no more than the shape of the result, which is shown anyway.
std::string shown_attributes(const Node& node) {
  auto attributes = node.op() ? node.op()->attributes() : std::string{};
  return attributes == "shape=" + to_string(node.results[0].shape) ? std::string{} : attributes;
}

/// What stands below the title.
std::vector<std::string> details_of(const Node& node) {
  std::vector<std::string> lines;
  if (auto attributes = shown_attributes(node); !attributes.empty()) lines.push_back(std::move(attributes));
  for (std::size_t result = 0; result < node.results.size(); ++result) {
    auto type = to_text(node.results[result]);
    lines.push_back(node.results.size() == 1 ? std::move(type) : fmt::format("{}: {}", result, type));
  }
  return lines;
}

struct Number {
  std::uint32_t operand;
  const Node& constant;
};

std::vector<Number> numbers_among_operands(const Picture& picture, NodeId id) {
  std::vector<Number> numbers;
  for (auto [edge, end] = in_edges(id, picture.list); edge != end; ++edge) {
    const auto maker = static_cast<NodeId>(source(*edge, picture.list));
    if (is_inside_users(picture, maker))
      numbers.push_back({picture.list[*edge].operand, picture.list[maker]});
  }
  return numbers;
}

std::string boxed(const Number& number) {
  const auto [fill, border] = colours_of(Kind::constant);
  return fmt::format(
      R"(<td cellpadding="2"><table border="1" cellborder="0" cellspacing="0" cellpadding="1" style="rounded" bgcolor="{}" color="{}">{}</table></td>)",
      fill, border,
      row(fmt::format(R"(<td width="12">{}</td>)", small(to_string(*number.constant.constant())))));
}

/// The title with the numbers before and after the first operand that is none.
std::string title_between(const std::vector<Number>& numbers, const std::string& title) {
  std::string before, after;
  std::uint32_t next = 0;
  for (const auto& number : numbers) (number.operand == next ? (++next, before) : after) += boxed(number);
  return table(R"( cellpadding="0")",
               row(before + fmt::format(R"(<td cellpadding="2">{}</td>)", title) + after));
}

}  // namespace

bool is_inside_users(const Picture& picture, NodeId id) {
  if (!is_short(picture.list[id])) return false;
  const auto users = out_edges(id, picture.list);
  return std::any_of(users.first, users.second,
                     [&](const auto& edge) { return picture.drawn[target(edge, picture.list)]; });
}

std::string label_of(const Picture& picture, NodeId id) {
  const auto& node = picture.list[id];
  auto title = title_of(node);
  const auto numbers = numbers_among_operands(picture, id);
  if (numbers.empty()) {
    for (const auto& line : details_of(node)) title += "<br/>" + small(line);
    return title;
  }
  auto rows = row(fmt::format("<td>{}</td>", title_between(numbers, title)));
  for (const auto& line : details_of(node)) rows += row(fmt::format("<td>{}</td>", small(line)));
  return table(R"( cellpadding="0")", rows);
}

std::string tooltip_of(const Picture& picture, NodeId id) {
  const auto& node = picture.list[id];
  auto text = node.full_name();
  if (const auto* op = node.op()) {
    text += fmt::format("\n{} {}", op->name(), op->attributes());
    if (text.back() == ' ') text.pop_back();
  } else {
    text += fmt::format("\n{}", name_of(picture.kinds[id]));
  }
  for (const auto& number : numbers_among_operands(picture, id))
    text += fmt::format("\noperand {}: {} = {}", number.operand, number.constant.full_name(),
                        to_string(*number.constant.constant()));
  for (const auto& result : node.results) text += '\n' + to_text(result);
  if (node.origin) text += fmt::format("\ngradient of {}", picture.list[*node.origin].full_name());
  return text + fmt::format("\nat {}", to_string(node.where));
}

}  // namespace retrograph::draw
