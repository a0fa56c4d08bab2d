#include <retrograph/graph/draw/dot.hpp>
#include <retrograph/graph/draw/escape.hpp>
#include <retrograph/graph/draw/label.hpp>
#include <retrograph/graph/draw/style.hpp>
#include <retrograph/graph/whole_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace retrograph {
namespace draw {
namespace {

/// Writes a picture statement by statement, indented by depth.
class Writer {
 public:
  Writer(const Picture& picture, const DotOptions& options) : picture_{picture}, options_{options} {}

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
    fmt::format_to(std::back_inserter(text_), form, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void write_defaults() {
    line("graph [{}]", graph_style(options_.direction).substr(1));
    line("node [{}]", node_style().substr(1));
    line("edge [{}]", edge_style().substr(1));
    if (const auto label = heading(picture_, options_); !label.empty())
      line("graph [labelloc=t labeljust=l label=<{}>]", label);
  }

  /// Each phase in a box of its own, unless there is only the forward one.
  void write_phases() {
    for (const auto phase : all_phases) {
      const auto cluster = clusters_of(picture_, phase);
      if (is_forward_alone())
        write_contents(cluster, 0);
      else if (picture_.has(phase))
        write_cluster(cluster, 0, fmt::format("{} [shape=point style=invis width=0]", anchor(phase)));
    }
  }

  void write_cluster(const Cluster& cluster, std::size_t depth, const std::string& anchor = {}) {
    line("subgraph {} {{", dot_string("cluster " + cluster.path));
    ++depth_;
    line("graph [label=<{}>{}]", html_text(cluster.label), cluster_style(depth));
    if (!anchor.empty()) line("{}", anchor);
    write_contents(cluster, depth + 1);
    --depth_;
    line("}}");
  }

  void write_contents(const Cluster& cluster, std::size_t depth) {
    for (const auto id : cluster.nodes) {
      if (is_copied(id)) continue;
      write_node(id, name(id));
      for (const auto maker : distinct_makers(id))
        if (is_copied(maker)) write_node(maker, name(maker, id));
    }
    for (const auto& inner : cluster.inner) write_cluster(inner, depth);
  }

  void write_node(NodeId id, const std::string& name) {
    const auto& node = picture_.list[id];
    line("{} [label=<{}>{} tooltip={}]", name, label_of(node), node_style(node, picture_.kinds[id]),
         dot_lines(tooltip_of(picture_, id)));
  }

  void write_edges_to(NodeId user) {
    for (auto [edge, end] = in_edges(user, picture_.list); edge != end; ++edge) {
      const auto maker = static_cast<NodeId>(source(*edge, picture_.list));
      const auto [result, operand] = picture_.list[*edge];
      auto attributes = edge_style(phase_of(maker, user), picture_.phases[user], is_copied(maker));
      attributes += placing(phase_of(maker, user), picture_.phases[user]);
      if (in_degree(user, picture_.list) > 1) attributes += fmt::format(" headlabel=\"{}\"", operand);
      if (picture_.list[maker].results.size() > 1) attributes += fmt::format(" taillabel=\"{}\"", result);
      write_edge(name(maker, user), name(user), attributes);
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

  /// Graphviz places the end of an edge below its beginning. What flows back is to rise instead, and an
  /// update is to stand beside its parameter.
  static std::string_view placing(Phase from, Phase to) {
    if (from != Phase::forward) return " constraint=false";
    return to == Phase::update ? " minlen=0" : "";
  }

  /// Invisible edges hold what flows back the other way about, and the phases in their order.
  void write_order() {
    bool any = false;
    for (const auto user : picture_.nodes)
      for (const auto maker : distinct_makers(user)) {
        if (!flows_back(maker, user)) continue;
        if (!std::exchange(any, true)) line("edge [style=invis weight=1]");
        write_edge(name(user), name(maker, user), {});
      }
    if (is_forward_alone()) return;
    std::string anchors;
    for (const auto phase : all_phases)
      if (picture_.has(phase)) anchors += (anchors.empty() ? "" : " -> ") + anchor(phase);
    line("{{ edge [style=invis] rank=same {} }}", anchors);
  }

  bool is_forward_alone() const { return !picture_.has(Phase::gradient) && !picture_.has(Phase::update); }

  /// An invisible node by which a phase is held. No full name gives a backslash before a letter but n and x.
  static std::string anchor(Phase phase) { return fmt::format(R"("\{}")", name_of(phase)); }

  bool flows_back(NodeId maker, NodeId user) const {
    return phase_of(maker, user) != Phase::forward && picture_.phases[user] != Phase::forward;
  }

  /// A constant that is shown by value is drawn beside each of its users, instead of once for all.
  bool is_copied(NodeId id) const { return is_shown_by_value(picture_.list[id]) && !drawn_users(id).empty(); }

  Phase phase_of(NodeId maker, NodeId user) const { return picture_.phases[is_copied(maker) ? user : maker]; }

  std::vector<NodeId> drawn_users(NodeId id) const {
    std::vector<NodeId> users;
    for (auto [edge, end] = out_edges(id, picture_.list); edge != end; ++edge) {
      const auto user = static_cast<NodeId>(target(*edge, picture_.list));
      if (picture_.drawn[user] && (users.empty() || users.back() != user)) users.push_back(user);
    }
    return users;
  }

  std::vector<NodeId> distinct_makers(NodeId id) const {
    std::vector<NodeId> makers;
    for (auto [edge, end] = in_edges(id, picture_.list); edge != end; ++edge) {
      const auto maker = static_cast<NodeId>(source(*edge, picture_.list));
      if (std::find(makers.begin(), makers.end(), maker) == makers.end()) makers.push_back(maker);
    }
    return makers;
  }

  std::string name(NodeId id) const { return dot_string(picture_.list[id].full_name()); }

  /// Of a maker as this user sees it. No full name gives a backslash before a digit: copies cannot be
  /// mistaken for other nodes.
  std::string name(NodeId maker, NodeId user) const {
    auto id = name(maker);
    if (!is_copied(maker)) return id;
    const auto users = drawn_users(maker);
    const auto copy = std::find(users.begin(), users.end(), user) - users.begin();
    if (copy > 0) id.insert(id.size() - 1, fmt::format("\\{}", copy));
    return id;
  }

  const Picture& picture_;
  const DotOptions& options_;
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
