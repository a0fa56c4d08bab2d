#include <retrograph/graph/draw/escape.hpp>
#include <retrograph/graph/draw/style.hpp>

#include <fmt/format.h>

namespace retrograph::draw {
namespace {

constexpr std::string_view font = "Helvetica,Arial,sans-serif";
constexpr std::string_view text_colour = "#1F2933";
constexpr std::string_view edge_colour = "#5B6670";
constexpr std::string_view quiet_edge_colour = "#AEB6BF";
constexpr int font_size = 11;
constexpr int title_font_size = 15;

std::string swatch(Kind kind) {
  const auto [fill, border] = colours_of(kind);
  return fmt::format(
      R"(<td border="1" width="18" height="11" fixedsize="true" bgcolor="{}" color="{}"></td><td>{}  </td>)",
      fill, border, name_of(kind));
}

std::string legend(const Picture& picture) {
  std::string cells;
  for (const auto kind : all_kinds)
    if (picture.has(kind)) cells += swatch(kind);
  if (!picture.updates.empty())
    cells += fmt::format(R"(<td><font color="{}">- - ▸</font></td><td>new value, after the run</td>)",
                         colours_of(Kind::update).border);
  return fmt::format(
      R"(<table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr>{}</tr></table>)", cells);
}

}  // namespace

Colours colours_of(Kind kind) {
  switch (kind) {
    case Kind::input:
      return {"#DCEAF9", "#3F7CBF"};
    case Kind::parameter:
      return {"#FFF1CC", "#B98A1D"};
    case Kind::constant:
      return {"#F3F4F6", "#9AA1A9"};
    case Kind::forward:
      return {"#E3F3E6", "#4E9A5B"};
    case Kind::gradient:
      return {"#FCE4E0", "#C8604F"};
    default:
      return {"#ECE5F8", "#7E62B5"};
  }
}

std::string graph_style(DotOptions::Direction direction) {
  // newrank: nodes of different boxes keep to the same rows, so that a layer is beside its gradient.
  return fmt::format(
      R"( rankdir={} newrank=true nodesep=0.2 ranksep=0.35 fontname="{}" fontsize={} fontcolor="{}")",
      direction == DotOptions::Direction::left_to_right ? "LR" : "TB", font, font_size, text_colour);
}

std::string node_style() {
  return fmt::format(
      R"( shape=box style="rounded,filled" fontname="{}" fontsize={} fontcolor="{}" height=0.3)"
      R"( margin="0.12,0.06" penwidth=1.2)",
      font, font_size, text_colour);
}

std::string edge_style() {
  return fmt::format(
      R"( fontname="{}" labelfontsize=8 labelfontcolor="{}" labeldistance=1.4 arrowsize=0.6 weight=3 color="{}")",
      font, muted_text_colour, edge_colour);
}

std::string cluster_style(std::size_t depth) {
  return fmt::format(R"( style="rounded,filled" fillcolor="{}" color="#D5DAE0" fontcolor="{}")",
                     depth == 0 ? "#F7F9FB" : "#EDF1F4", muted_text_colour);
}

std::string node_style(const Node& node, Kind kind) {
  const auto [fill, border] = colours_of(kind);
  auto style = fmt::format(R"( fillcolor="{}" color="{}")", fill, border);
  if (kind == Kind::parameter)
    style += node.parameter()->trainable ? R"( shape=cylinder style="filled")"
                                         : R"( shape=cylinder style="filled,dashed")";
  if (kind == Kind::input) style += R"( shape=ellipse style="filled" margin="0.02,0.02")";
  return style;
}

/// Graphviz places the end of an edge below its beginning. What flows back is to rise instead, and the
/// forward pass to be drawn as if it were alone.
std::string edge_style(Phase from, Phase to) {
  if (from == Phase::forward)
    return to == Phase::forward ? "" : fmt::format(R"( color="{}" weight=1)", quiet_edge_colour);
  if (to == Phase::forward) return " constraint=false";
  return fmt::format(R"( color="{}" constraint=false)",
                     colours_of(to == Phase::update ? Kind::update : Kind::gradient).border);
}

std::string heading(const Picture& picture, const DotOptions& options) {
  std::string rows;
  if (!options.title.empty())
    rows += fmt::format(R"(<tr><td align="left"><b><font point-size="{}">{}</font></b></td></tr>)",
                        title_font_size, html_text(options.title));
  if (options.legend && !picture.nodes.empty())
    rows += fmt::format(R"(<tr><td align="left">{}</td></tr>)", legend(picture));
  if (rows.empty()) return rows;
  return fmt::format(R"(<table border="0" cellborder="0" cellspacing="4" cellpadding="0">{}</table>)", rows);
}

}  // namespace retrograph::draw
