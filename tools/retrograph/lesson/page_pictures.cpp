#include <retrograph/graph/draw/render.hpp>

#include "../page/graph_picture.hpp"
#include "../page/markup.hpp"
#include "page.hpp"
#include <fmt/format.h>

namespace retrograph::program {
namespace {

std::string figure(const std::string& picture, std::string_view caption) {
  return fmt::format("<figure><figcaption>{}</figcaption>{}</figure>\n", escaped(caption), picture);
}

}  // namespace

std::string lesson_pictures(LessonVariant variant) {
  if (!can_render())
    return "<p class=\"quiet\">This library was built without Graphviz: it draws no pictures.</p>\n";
  Graph graph;
  const auto model = lesson(graph);
  const auto updates = lesson_updates(model, lesson_rates(variant, 0.1));
  return figure(graph_picture(graph, {.outputs = {model.loss}}, "forward"),
                "The forward pass: what the formulas above say, node by node.") +
         figure(graph_picture(graph, {.outputs = {model.loss}, .updates = updates}, "step"),
                "A whole step at output rate 0.1: the gradients, which automatic differentiation has added, "
                "and the updates that follow them. The picture scrolls.");
}

}  // namespace retrograph::program
