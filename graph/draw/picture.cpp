#include <retrograph/graph/draw/picture.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace retrograph::draw {
namespace {

auto users_of(const AdjacencyList& list, NodeId id) {
  std::vector<NodeId> users;
  for (auto [edge, end] = out_edges(id, list); edge != end; ++edge)
    users.push_back(static_cast<NodeId>(target(*edge, list)));
  return users;
}

/// Fills in a picture, question by question.
class Selection {
 public:
  Selection(const Graph& graph, const DotOptions& options)
      : picture_{adjacency_list(graph)},
        graph_{graph},
        options_{options},
        count_{static_cast<NodeId>(graph.node_count())} {
    const bool all = options.outputs.empty() && options.updates.empty();
    if (all)
      picture_.updates.assign(graph.updates().begin(), graph.updates().end());
    else
      picture_.updates = options.updates;
    require_own_tensors();
    find_kinds();
    picture_.drawn = all ? used_nodes() : needed_nodes();
    leave_out_later_phases();
    find_phases();
    std::erase_if(picture_.updates, [&](const Update& update) {
      return !picture_.drawn[update.value.node()] || !picture_.drawn[update.parameter.node()];
    });
    for (NodeId id = 0; id < count_; ++id)
      if (picture_.drawn[id]) picture_.nodes.push_back(id);
  }

  Picture take() && { return std::move(picture_); }

 private:
  const AdjacencyList& list() const { return picture_.list; }

  void require_own_tensors() const {
    const auto require = [&](const Tensor& tensor) {
      if (&tensor.graph() != &graph_)
        throw GraphError{
            fmt::format("'{}' belongs to another graph than the one that is drawn", tensor.name())};
    };
    for (const auto& output : options_.outputs) require(output);
    for (const auto& update : options_.updates) {
      require(update.parameter);
      require(update.value);
    }
  }

  /// An op that serves nothing but updates is one of them, whether or not its maker said so.
  void find_kinds() {
    std::vector<bool> is_new_value(count_), is_output(count_);
    for (const auto& update : options_.updates) is_new_value[update.value.node()] = true;
    for (const auto& update : graph_.updates()) is_new_value[update.value.node()] = true;
    for (const auto& output : options_.outputs) is_output[output.node()] = true;
    picture_.kinds.resize(count_);
    for (auto id = count_; id-- > 0;) {
      auto kind = kind_alone(list()[id]);
      const auto users = users_of(list(), id);
      const bool for_updates_only = (is_new_value[id] || !users.empty()) && !is_output[id] &&
                                    std::all_of(users.begin(), users.end(), [&](NodeId user) {
                                      return picture_.kinds[user] == Kind::update;
                                    });
      if (kind == Kind::forward && for_updates_only) kind = Kind::update;
      picture_.kinds[id] = kind;
    }
  }

  static Kind kind_alone(const Node& node) {
    if (node.is_input()) return Kind::input;
    if (node.parameter()) return Kind::parameter;
    if (node.constant()) return Kind::constant;
    switch (node.role) {
      case Role::gradient:
        return Kind::gradient;
      case Role::update:
        return Kind::update;
      default:
        return Kind::forward;
    }
  }

  std::vector<bool> used_nodes() const {
    std::vector<bool> used(count_, true);
    for (NodeId id = 0; id < count_; ++id)
      if (picture_.kinds[id] == Kind::constant && out_degree(id, list()) == 0) used[id] = false;
    return used;
  }

  std::vector<bool> needed_nodes() const {
    std::vector<bool> needed(count_);
    for (const auto& output : options_.outputs) needed[output.node()] = true;
    for (const auto& update : picture_.updates)
      needed[update.value.node()] = needed[update.parameter.node()] = true;
    for (auto id = count_; id-- > 0;)
      if (needed[id])
        for (const auto maker : makers_of_operands(list(), id)) needed[maker] = true;
    return needed;
  }

  bool is_left_out(Kind kind) const {
    return (kind == Kind::update && options_.show != DotOptions::Show::everything) ||
           (kind == Kind::gradient && options_.show == DotOptions::Show::forward);
  }

  void leave_out_later_phases() {
    const auto was_drawn = picture_.drawn;
    auto& drawn = picture_.drawn;
    for (NodeId id = 0; id < count_; ++id) {
      const auto makers = makers_of_operands(list(), id);
      if (is_left_out(picture_.kinds[id]) ||
          std::any_of(makers.begin(), makers.end(), [&](NodeId maker) { return !drawn[maker]; }))
        drawn[id] = false;
    }
    // Leaves that served only what is gone.
    for (NodeId id = 0; id < count_; ++id) {
      if (!drawn[id] || list()[id].op()) continue;
      const auto users = users_of(list(), id);
      const auto counts = [&](const std::vector<bool>& in) {
        return std::count_if(users.begin(), users.end(), [&](NodeId user) { return in[user]; });
      };
      if (counts(was_drawn) > 0 && counts(drawn) == 0) drawn[id] = false;
    }
  }

  /// An op is in the phase of its kind; a leaf in the first phase that uses it.
  void find_phases() {
    picture_.phases.resize(count_);
    for (auto id = count_; id-- > 0;) picture_.phases[id] = phase_of(id);
  }

  Phase phase_of(NodeId id) const {
    switch (picture_.kinds[id]) {
      case Kind::forward:
        return Phase::forward;
      case Kind::gradient:
        return Phase::gradient;
      case Kind::update:
        return Phase::update;
      default:
        break;
    }
    const auto* parameter = list()[id].parameter();
    if (parameter && parameter->trainable) return Phase::forward;
    auto first = Phase::update;
    bool used = false;
    for (const auto user : users_of(list(), id))
      if (picture_.drawn[user]) {
        used = true;
        first = std::min(first, picture_.phases[user]);
      }
    return used ? first : Phase::forward;
  }

  Picture picture_;
  const Graph& graph_;
  const DotOptions& options_;
  NodeId count_;
};

/// "a/b/c" as a, b, c, without the first if it only says the phase over again.
std::vector<std::string> scopes_of(const Node& node, Phase phase) {
  std::vector<std::string> scopes;
  for (std::size_t begin = 0; begin < node.scope.size();) {
    const auto end = std::min(node.scope.find('/', begin), node.scope.size());
    scopes.emplace_back(node.scope.substr(begin, end - begin));
    begin = end + 1;
  }
  if (phase != Phase::forward && !scopes.empty() && scopes.front() == name_of(phase))
    scopes.erase(scopes.begin());
  return scopes;
}

}  // namespace

std::string_view name_of(Kind kind) {
  constexpr std::string_view names[] = {"input", "parameter", "constant", "forward", "gradient", "update"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Phase phase) {
  constexpr std::string_view names[] = {"forward", "gradient", "update"};
  return names[static_cast<std::size_t>(phase)];
}

std::vector<NodeId> makers_of_operands(const AdjacencyList& list, NodeId id) {
  std::vector<NodeId> makers;
  for (auto [edge, end] = in_edges(id, list); edge != end; ++edge) {
    const auto maker = static_cast<NodeId>(source(*edge, list));
    if (std::find(makers.begin(), makers.end(), maker) == makers.end()) makers.push_back(maker);
  }
  return makers;
}

bool Picture::has(Kind kind) const {
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) { return kinds[id] == kind; });
}

bool Picture::has(Phase phase) const {
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) { return phases[id] == phase; });
}

Picture picture_of(const Graph& graph, const DotOptions& options) {
  return Selection{graph, options}.take();
}

Cluster clusters_of(const Picture& picture, Phase phase) {
  Cluster top{std::string{name_of(phase)}, std::string{name_of(phase)}};
  std::unordered_map<std::string, Cluster*> by_path;
  for (const auto id : picture.nodes) {
    if (picture.phases[id] != phase) continue;
    auto* cluster = &top;
    for (const auto& scope : scopes_of(picture.list[id], phase)) {
      auto path = cluster->path + '/' + scope;
      auto& found = by_path[path];
      if (!found) found = &cluster->inner.emplace_back(Cluster{std::move(path), scope});
      cluster = found;
    }
    cluster->nodes.push_back(id);
  }
  return top;
}

}  // namespace retrograph::draw
