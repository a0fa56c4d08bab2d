#pragma once

#include <string>

namespace retrograph::draw {

/// False if the library was built without Graphviz.
bool has_graphviz();

/// The bytes of a picture of a text in Graphviz's language; format is "svg", "png" or "pdf".
/// Throws FileError if Graphviz is not there or cannot draw the format. Several threads take turns.
std::string drawn_by_graphviz(std::string dot, const std::string& format);

}  // namespace retrograph::draw
