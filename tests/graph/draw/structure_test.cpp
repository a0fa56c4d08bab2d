#ifdef RETROGRAPH_GRAPHVIZ

#include <retrograph/graph/boost.hpp>
#include <retrograph/graph/draw/dot.hpp>

#include "graph/draw/net.hpp"
#include "support/matchers.hpp"
#include <cgraph.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

using namespace retrograph;
using namespace retrograph::test;

using Show = DotOptions::Show;
using Names = std::set<std::string>;
using Pairs = std::multiset<std::pair<std::string, std::string>>;

namespace {

/// A text as Graphviz reads it, but for what is invisible.
class Parsed {
 public:
  explicit Parsed(const std::string& dot) {
    const std::unique_ptr<Agraph_t, int (*)(Agraph_t*)> graph{agmemread(dot.c_str()), agclose};
    REQUIRE(graph);
    for (auto* node = agfstnode(graph.get()); node; node = agnxtnode(graph.get(), node)) {
      if (has_style(node, "invis")) continue;
      nodes.insert(agnameof(node));
      for (auto* edge = agfstout(graph.get(), node); edge; edge = agnxtout(graph.get(), edge))
        if (!has_style(edge, "invis"))
          (has_style(edge, "dashed") ? links : edges).emplace(agnameof(node), agnameof(edge->node));
    }
    add_clusters(graph.get());
  }

  Names nodes;
  Pairs edges;
  Pairs links;  // dashed
  Names clusters;
  std::map<std::string, std::string> cluster_of;  // the innermost of each node

 private:
  static bool has_style(void* thing, std::string_view style) {
    static char attribute[] = "style";
    const auto* value = agget(thing, attribute);
    return value && value == style;
  }

  void add_clusters(Agraph_t* graph) {
    for (auto* inner = agfstsubg(graph); inner; inner = agnxtsubg(inner)) {
      const std::string name = agnameof(inner);
      if (!name.starts_with("cluster")) continue;
      clusters.insert(name);
      for (auto* node = agfstnode(inner); node; node = agnxtnode(inner, node))
        cluster_of[agnameof(node)] = name;
      add_clusters(inner);
    }
  }
};

Names drawn_names(const Graph& graph, const DotOptions& options = {}) {
  return Parsed{to_dot(graph, options)}.nodes;
}

}  // namespace

TEST_CASE("Every node and edge of a graph is in its picture, in the boxes of phases and scopes") {
  const Net net;
  const Parsed parsed{to_dot(net.graph)};
  const auto& list = adjacency_list(net.graph);
  Names names;
  Pairs uses;
  for (NodeId id = 0; id < net.graph.node_count(); ++id)
    if (!net.graph.node(id).constant()) names.insert(net.graph.node(id).full_name());
  for (auto [edge, end] = edges(list); edge != end; ++edge)
    if (!list[source(*edge, list)].constant())  // a number, inside its user
      uses.emplace(get(full_names(list), source(*edge, list)), get(full_names(list), target(*edge, list)));
  CHECK(parsed.nodes == names);
  CHECK(parsed.edges == uses);

  CHECK(parsed.clusters == Names{"cluster forward", "cluster forward/layer", "cluster gradient",
                                 "cluster gradient/layer", "cluster update"});
  CHECK(parsed.cluster_of.at("layer/weight") == "cluster forward/layer");
  CHECK(parsed.cluster_of.at("x") == "cluster forward");
  CHECK(parsed.cluster_of.at("gradient/layer/multiply") == "cluster gradient/layer");
}

TEST_CASE("A dashed link leads from an update to its parameter") {
  const Net net;
  const Parsed parsed{to_dot(net.graph)};
  CHECK(parsed.links == std::multiset<std::pair<std::string, std::string>>{{"next", "layer/weight"}});
}

TEST_CASE("Ops that serve nothing but updates are drawn as updates, without a word of their maker") {
  const Net net;
  const Parsed parsed{to_dot(net.graph)};
  CHECK(parsed.cluster_of.at("next") == "cluster update");
  CHECK(parsed.cluster_of.at("multiply_1") == "cluster update");  // 0.5 * slope
  CHECK(parsed.cluster_of.at("loss") == "cluster forward");
}

TEST_CASE("The forward pass is drawn without boxes of phases, and without leaves that only others use") {
  const Net net;
  const Parsed forward{to_dot(net.graph, {.show = Show::forward})};
  CHECK(forward.nodes == Names{"x", "layer/weight", "layer/multiply", "multiply", "loss"});
  CHECK(forward.clusters == Names{"cluster forward/layer"});
  CHECK(forward.links.empty());
}

TEST_CASE("Gradients are drawn without updates if so asked") {
  const Net net;
  const Parsed parsed{to_dot(net.graph, {.show = Show::gradients})};
  CHECK(parsed.clusters.contains("cluster gradient"));
  CHECK_FALSE(parsed.clusters.contains("cluster update"));
  CHECK_FALSE(parsed.nodes.contains("next"));
  CHECK(parsed.links.empty());
}

TEST_CASE("Only what the given outputs and updates need is drawn") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto w = graph.parameter("w", {3}, ones());
  const auto v = graph.parameter("v", {3}, ones());
  const auto a = (x * w).named("a");
  const auto b = (x * v).named("b");
  graph.update(v, b);
  const auto update = graph.update(w, a);

  CHECK(drawn_names(graph) == Names{"x", "w", "v", "a", "b"});
  CHECK(drawn_names(graph, {.outputs = {b}}) == Names{"x", "v", "b"});
  const Parsed parsed{to_dot(graph, {.updates = {update}})};
  CHECK(parsed.nodes == Names{"x", "w", "a"});
  CHECK(parsed.links == std::multiset<std::pair<std::string, std::string>>{{"a", "w"}});
}

TEST_CASE("Constants that nothing uses are left out, inputs and parameters are not") {
  Graph graph;
  graph.input("x", {});
  graph.parameter("w", {2}, ones());
  graph.constant(Array::scalar(1.0F));
  CHECK(drawn_names(graph) == Names{"x", "w"});
}

TEST_CASE("An empty graph is an empty picture") {
  const Graph graph;
  const Parsed parsed{to_dot(graph)};
  CHECK(parsed.nodes.empty());
  CHECK(parsed.edges.empty());
}

TEST_CASE("A few numbers are shown inside their users, before or after what is none, an array is a node") {
  Graph graph;
  const auto x = graph.input("x", {20});
  const auto two = graph.constant(Array::scalar(2.0F)).named("two");
  const auto pair = graph.constant(Array::of<float>({2}, {3, 4}));
  const auto many = graph.constant(Array{{20}}).named("many");
  (two * x).named("before");
  (x - two).named("after");
  (pair * pair).named("both");
  (many + x).named("sum");
  const auto text = to_dot(graph);
  const Parsed parsed{text};
  CHECK(parsed.nodes == Names{"x", "many", "before", "after", "both", "sum"});
  CHECK(parsed.edges == Pairs{{"x", "before"}, {"x", "after"}, {"many", "sum"}, {"x", "sum"}});
  const auto places = [&](const std::string& id, const std::string& number) {
    const auto statement = statement_of(text, '"' + id + '"');
    return std::pair{statement.find(">" + number + "<"), statement.find("<b>" + id + "</b>")};
  };
  CHECK(places("before", "2").first < places("before", "2").second);
  CHECK(places("after", "2").first > places("after", "2").second);
  CHECK(places("both", "[3, 4]").first < places("both", "[3, 4]").second);
  CHECK_THAT(statement_of(text, R"("after")"), contains(R"(\noperand 1: two = 2\n)"));
  CHECK_THAT(statement_of(text, R"("many")"), contains("[20] float32"));
}

TEST_CASE("A number that is asked for by itself is a node") {
  Graph graph;
  const auto number = graph.constant(Array::scalar(2.5F));
  const auto text = to_dot(graph, {.outputs = {number}});
  CHECK(Parsed{text}.nodes == Names{"constant"});
  CHECK_THAT(text, contains("<b>constant</b> = 2.5<br/>"));
}

TEST_CASE("Names of any letters come through as ids and as labels") {
  const std::vector<std::pair<std::string, std::string>> ids = {
      {"a \"quoted\" name", "a \"quoted\" name"},  // a name and its id as Graphviz reads it
      {"back\\slash\\", R"(back\\slash\\)"},
      {"two\nlines", R"(two\nlines)"},
      {R"(no\nline)", R"(no\\nline)"},
      {"<b>a & b</b>", "<b>a & b</b>"},
      {"&lt;", "&lt;"},
      {"größe α 重み", "größe α 重み"},
      {"node", "node"},
      {"a -> b; {c}", "a -> b; {c}"},
      {"\xFF", R"(\xFF)"},
      {std::string(5000, 'n'), std::string(5000, 'n')},
  };
  Graph graph;
  Names expected;
  for (const auto& [name, id] : ids) {
    graph.input(name, {});
    expected.insert(id);
  }
  const auto text = to_dot(graph);
  CHECK(Parsed{text}.nodes == expected);
  CHECK_THAT(text, contains("<b>&lt;b&gt;a &amp; b&lt;/b&gt;</b>"));
  CHECK_THAT(text, contains(R"(tooltip="&amp;lt;\ninput)"));
  CHECK_THAT(text, contains("<b>" + std::string(40, 'n') + "…</b>"));
}

TEST_CASE("Scopes of any letters come through, nested") {
  Graph graph;
  const auto outer = graph.scope("a \"b\" <c>");
  const auto inner = graph.scope("d & e");
  graph.input("x", {});
  const auto text = to_dot(graph);
  CHECK(Parsed{text}.clusters == Names{R"(cluster forward/a "b" <c>)", R"(cluster forward/a "b" <c>/d & e)"});
  CHECK_THAT(text, contains("graph [label=<d &amp; e>"));
}

TEST_CASE("The gradient of a gradient is drawn too") {
  Graph graph;
  const auto x = graph.input("x", {3});
  const auto first = gradient(sum(x * x * x), x);
  const auto penalty = sum(first * first).named("penalty");
  gradient(penalty, x);
  const Parsed parsed{to_dot(graph)};
  CHECK(parsed.cluster_of.at("penalty") == "cluster forward");
  CHECK(parsed.nodes.size() + 4 > graph.node_count());
  CHECK_FALSE(drawn_names(graph, {.show = Show::forward}).contains("penalty"));
}

#endif
