#pragma once

#include <retrograph/graph/draw/picture.hpp>

namespace retrograph::draw {

/// What stands in a node, as an HTML-like label without its outer brackets: its name and op in bold, its
/// attributes, the shape and dtype of each result. A constant of few numbers is its value.
std::string label_of(const Node& node);

/// What a browser shows when the mouse rests on a node: the full name, the op with all attributes, the types
/// and the user's line.
std::string tooltip_of(const Picture& picture, NodeId id);

/// True for a constant of a few numbers.
bool is_shown_by_value(const Node& node);

}  // namespace retrograph::draw
