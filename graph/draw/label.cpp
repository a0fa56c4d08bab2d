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

std::string small(std::string_view text) {
  return fmt::format(R"(<br/><font point-size="{}" color="{}">{}</font>)", small_font_size, muted_text_colour,
                     html_text(shortened(text, longest_line)));
}

std::string title_of(const Node& node) {
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

}  // namespace

bool is_shown_by_value(const Node& node) {
  const auto* value = node.constant();
  return value && value->rank() <= 1 && value->size() <= numbers_shown;
}

std::string label_of(const Node& node) {
  if (is_shown_by_value(node)) return html_text(to_string(*node.constant()));
  auto label = title_of(node);
  if (const auto attributes = shown_attributes(node); !attributes.empty()) label += small(attributes);
  for (std::size_t result = 0; result < node.results.size(); ++result) {
    const auto type = to_text(node.results[result]);
    label += small(node.results.size() == 1 ? type : fmt::format("{}: {}", result, type));
  }
  return label;
}

std::string tooltip_of(const Picture& picture, NodeId id) {
  const auto& node = picture.list[id];
  auto text = node.full_name();
  if (const auto* op = node.op()) {
    text += fmt::format("\n{} {}", op->name(), op->attributes());
    if (text.back() == ' ') text.pop_back();
  } else if (const auto* value = node.constant()) {
    text += fmt::format("\n{}", to_string(*value));
  } else {
    text += fmt::format("\n{}", name_of(picture.kinds[id]));
  }
  for (const auto& result : node.results) text += '\n' + to_text(result);
  if (node.origin) text += fmt::format("\ngradient of {}", picture.list[*node.origin].full_name());
  return text + fmt::format("\nat {}", to_string(node.where));
}

}  // namespace retrograph::draw
