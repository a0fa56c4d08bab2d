#pragma once

#include <retrograph/graph/draw/picture.hpp>

namespace retrograph::draw {

/// What stands in a node, as an HTML-like label without its outer brackets: its name and op in bold, with
/// numbers among its operands in small boxes on either side; its attributes; the shape and dtype of each
/// result.
std::string label_of(const Picture& picture, NodeId id);

/// True for a constant of few numbers: it is drawn inside its users, by value, instead of as a node.
bool is_inside_users(const Picture& picture, NodeId id);

/// What a browser shows when the mouse rests on a node: the full name, the op with all attributes, numbers
/// among its operands, the types and the user's line.
std::string tooltip_of(const Picture& picture, NodeId id);

}  // namespace retrograph::draw
