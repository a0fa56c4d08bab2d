#include <retrograph/graph/draw/dot.hpp>
#include <retrograph/graph/draw/graphviz.hpp>

#include "../page/markup.hpp"
#include "page.hpp"
#include <fmt/format.h>

namespace retrograph::program {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto place = text.find(from); place != std::string::npos; place = text.find(from, place + to.size()))
    text.replace(place, from.size(), to);
  return text;
}

/// A picture as an element of a page, on which each id is its own.
std::string picture(const Graph& graph, const DotOptions& options, std::string_view id,
                    std::string_view caption) {
  auto svg = draw::drawn_by_graphviz(to_dot(graph, options), "svg");
  svg.erase(0, svg.find("<svg"));  // a file's first lines
  svg = replaced(std::move(svg), " id=\"", fmt::format(" id=\"{}-", id));
  return fmt::format("<figure><figcaption>{}</figcaption><div class=\"picture\">{}</div></figure>\n",
                     escaped(caption), svg);
}

}  // namespace

std::string lesson_pictures(LessonVariant variant) {
  if (!draw::has_graphviz())
    return "<p class=\"quiet\">This library was built without Graphviz: it draws no pictures.</p>\n";
  Graph graph;
  const auto model = lesson(graph);
  const auto updates = lesson_updates(model, lesson_rates(variant, 0.1));
  return picture(graph, {.outputs = {model.loss}}, "forward",
                 "The forward pass: what the formulas above say, node by node.") +
         picture(graph, {.outputs = {model.loss}, .updates = updates}, "step",
                 "A whole step at output rate 0.1: the gradients, which automatic differentiation has added, "
                 "and the "
                 "updates that follow them.");
}

}  // namespace retrograph::program
