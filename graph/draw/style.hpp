#pragma once

#include <retrograph/graph/draw/picture.hpp>

namespace retrograph::draw {

/// Fills are light, so that the text on them has a contrast of at least 6 to 1; borders are dark enough to be
/// told apart on white. Inputs, parameters and constants differ by shape as well.
struct Colours {
  std::string_view fill, border;
};
Colours colours_of(Kind kind);

inline constexpr std::string_view muted_text_colour = "#4A5763";
inline constexpr int small_font_size = 9;

/// Lists of attributes, each with a blank before it.
std::string graph_style(DotOptions::Direction direction);
std::string node_style();
std::string edge_style();
/// `depth` is 0 for the box of a phase.
std::string cluster_style(std::size_t depth);
std::string node_style(const Node& node, Kind kind);
std::string edge_style(Phase from, Phase to);

/// Title and legend, as an HTML-like label without its outer brackets; empty if there is neither.
std::string heading(const Picture& picture, const DotOptions& options);

}  // namespace retrograph::draw
