#include <retrograph/graph/draw/graphviz.hpp>
#include <retrograph/graph/draw/render.hpp>
#include <retrograph/graph/whole_file.hpp>

#include <fmt/format.h>

namespace retrograph {

void render(const std::filesystem::path& file, const Graph& graph, const DotOptions& options) {
  const auto ending = file.extension().string();
  if (ending == ".dot")
    write_dot(file, graph, options);
  else if (ending == ".svg" || ending == ".png" || ending == ".pdf")
    write_whole_file(file, draw::drawn_by_graphviz(to_dot(graph, options), ending.substr(1)));
  else
    throw FileError{fmt::format("cannot draw '{}': {}", file.string(),
                                ending.empty() ? "it has no ending" : "its ending is none of ours"),
                    "name a file that ends in .svg, .png, .pdf or .dot"};
}

bool can_render() {
  return draw::has_graphviz();
}

}  // namespace retrograph
