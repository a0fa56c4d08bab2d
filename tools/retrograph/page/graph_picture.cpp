#include "graph_picture.hpp"

#include <retrograph/graph/draw/graphviz.hpp>

#include <fmt/format.h>

namespace retrograph::program {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto place = text.find(from); place != std::string::npos; place = text.find(from, place + to.size()))
    text.replace(place, from.size(), to);
  return text;
}

}  // namespace

std::string graph_picture(const Graph& graph, const DotOptions& options, std::string_view name) {
  auto svg = draw::drawn_by_graphviz(to_dot(graph, options), "svg");
  svg.erase(0, svg.find("<svg"));  // a file's first lines
  return fmt::format("<div class=\"picture\">{}</div>\n",
                     replaced(std::move(svg), " id=\"", fmt::format(" id=\"{}-", name)));
}

}  // namespace retrograph::program
