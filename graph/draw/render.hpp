#pragma once

#include <retrograph/graph/draw/dot.hpp>

namespace retrograph {

/// Draws the graph into a file, whole or not at all, in the format of the file's ending: .svg, .png or .pdf,
/// laid out by Graphviz, or .dot for the text alone.
///
/// Throws FileError for another ending, for a file that cannot be written, and, but for .dot, if the library
/// was built without Graphviz; GraphError as to_dot does. May be called by several threads: they take turns.
void render(const std::filesystem::path& file, const Graph& graph, const DotOptions& options = {});

/// False if the library was built without Graphviz: it can then write text, and no pictures.
bool can_render();

}  // namespace retrograph
