#include <retrograph/graph/draw/dot.hpp>
#include <retrograph/graph/draw/escape.hpp>
#include <retrograph/graph/draw/label.hpp>
#include <retrograph/graph/draw/style.hpp>
#include <retrograph/graph/whole_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace retrograph {
namespace draw {
namespace {

/// Writes a picture statement by statement, indented by depth.
class Writer {
 public:
  Writer(const Picture& picture, const DotOptions& options) : picture_{picture}, options_{options} {
    for (const auto phase : all_phases)
      if (picture.has(phase)) phases_.push_back(phase);
  }

  std::string write() && {
    line("digraph retrograph {{");
    ++depth_;
    write_defaults();
    write_phases();
    for (const auto id : picture_.nodes) write_edges_to(id);
    for (const auto& update : picture_.updates) write_update(update);
    write_order();
    --depth_;
    line("}}");
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
    text_.append(2 * depth_, ' ');
    text_ += fmt::format(form, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void write_defaults() {
    line("graph [{}]", graph_style(options_.direction).substr(1));
    line("node [{}]", node_style().substr(1));
    line("edge [{}]", edge_style().substr(1));
    if (const auto label = heading(picture_, options_); !label.empty())
      line("graph [labelloc=t labeljust=l label=<{}>]", label);
  }

  /// Each phase in a box of its own, if there are several.
  void write_phases() {
    for (const auto phase : phases_) {
      const auto cluster = clusters_of(picture_, phase);
      if (phases_.size() == 1)
        write_contents(cluster, 0);
      else
        write_cluster(cluster, 0);
    }
  }

  void write_cluster(const Cluster& cluster, std::size_t depth) {
    line("subgraph {} {{", dot_string("cluster " + cluster.path));
    ++depth_;
    line("graph [label=<{}>{}]", html_text(cluster.label), cluster_style(depth));
    if (cluster.path == name_of(phases_.front()) || cluster.path == name_of(phases_.back()))
      line("{} [shape=point style=invis width=0]", anchor(cluster.path));
    write_contents(cluster, depth + 1);
    --depth_;
    line("}}");
  }

  void write_contents(const Cluster& cluster, std::size_t depth) {
    for (const auto id : cluster.nodes)
      if (!is_inside_users(picture_, id)) write_node(id);
    for (const auto& inner : cluster.inner) write_cluster(inner, depth);
  }

  void write_node(NodeId id) {
    const auto& node = picture_.list[id];
    line("{} [label=<{}>{} tooltip={}]", name(id), label_of(picture_, id),
         node_style(node, picture_.kinds[id]), dot_lines(tooltip_of(picture_, id)));
  }

  void write_edges_to(NodeId user) {
    for (auto [edge, end] = in_edges(user, picture_.list); edge != end; ++edge) {
      const auto maker = static_cast<NodeId>(source(*edge, picture_.list));
      if (is_inside_users(picture_, maker)) continue;
      const auto [result, operand] = picture_.list[*edge];
      auto attributes = edge_style(picture_.phases[maker], picture_.phases[user]);
      if (in_degree(user, picture_.list) > 1) attributes += fmt::format(" headlabel=\"{}\"", operand);
      if (picture_.list[maker].results.size() > 1) attributes += fmt::format(" taillabel=\"{}\"", result);
      write_edge(name(maker), name(user), attributes);
    }
  }

  void write_update(const Update& update) {
    auto attributes =
        fmt::format(R"( style=dashed color="{}" constraint=false)", colours_of(Kind::update).border);
    if (picture_.list[update.value.node()].results.size() > 1)
      attributes += fmt::format(" taillabel=\"{}\"", update.value.result_index());
    write_edge(name(update.value.node()), name(update.parameter.node()), attributes);
  }

  void write_edge(const std::string& from, const std::string& to, const std::string& attributes) {
    if (attributes.empty())
      line("{} -> {}", from, to);
    else
      line("{} -> {} [{}]", from, to, attributes.substr(1));
  }

  /// Invisible edges hold what flows back the other way about. Two invisible nodes in a row draw the first
  /// phase to one side and the last to the other; left alone, Graphviz puts boxes in any order.
  void write_order() {
    if (phases_.size() < 2) return;
    line("edge [style=invis weight=1]");
    for (const auto user : picture_.nodes)
      for (const auto maker : makers_of_operands(picture_.list, user))
        if (flows_back(maker, user)) write_edge(name(user), name(maker), {});
    line("{{ node [shape=point style=invis width=0] rank=source {} -> {} }}", anchor("first"),
         anchor("last"));
    write_edge(anchor("first"), anchor(name_of(phases_.front())), {});
    write_edge(anchor("last"), anchor(name_of(phases_.back())), {});
  }

  /// The id of an invisible node. No full name gives a backslash before a letter but n and x.
  static std::string anchor(std::string_view name) { return fmt::format(R"("\{}")", name); }

  bool flows_back(NodeId maker, NodeId user) const {
    return !is_inside_users(picture_, maker) && picture_.phases[maker] != Phase::forward &&
           picture_.phases[user] != Phase::forward;
  }

  std::string name(NodeId id) const { return dot_string(picture_.list[id].full_name()); }

  const Picture& picture_;
  const DotOptions& options_;
  std::vector<Phase> phases_;  // those that are drawn
  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace
}  // namespace draw

std::string to_dot(const Graph& graph, const DotOptions& options) {
  const auto picture = draw::picture_of(graph, options);
  return draw::Writer{picture, options}.write();
}

void write_dot(std::ostream& stream, const Graph& graph, const DotOptions& options) {
  stream << to_dot(graph, options);
}

void write_dot(const std::filesystem::path& file, const Graph& graph, const DotOptions& options) {
  write_whole_file(file, to_dot(graph, options));
}

}  // namespace retrograph
