#include <retrograph/graph/draw/dot.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>

#include "graph/draw/net.hpp"
#include "support/files.hpp"
#include "support/matchers.hpp"
#include <fmt/format.h>

#include <sstream>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("The text of a tiny graph is this") {
  Graph graph;
  const auto x = graph.input("x", {2});
  const auto line = __LINE__ + 1;
  (x / 4).named("y");
  CHECK(to_dot(graph, {.title = "a < b", .legend = false}) ==
        R"(digraph retrograph {
  graph [rankdir=TB newrank=true nodesep=0.2 ranksep=0.35 fontname="Helvetica,Arial,sans-serif" fontsize=11 fontcolor="#1F2933"]
  node [shape=box style="rounded,filled" fontname="Helvetica,Arial,sans-serif" fontsize=11 fontcolor="#1F2933" height=0.3 margin="0.12,0.06" penwidth=1.2]
  edge [fontname="Helvetica,Arial,sans-serif" labelfontsize=8 labelfontcolor="#4A5763" labeldistance=1.4 arrowsize=0.6 weight=3 color="#5B6670"]
  graph [labelloc=t labeljust=l label=<<table border="0" cellborder="0" cellspacing="4" cellpadding="0"><tr><td align="left"><b><font point-size="15">a &lt; b</font></b></td></tr></table>>]
  "x" [label=<<b>x</b><br/><font point-size="9" color="#4A5763">[2] float32</font>> fillcolor="#DCEAF9" color="#3F7CBF" shape=ellipse style="filled" margin="0.02,0.02" tooltip="x\ninput\n[2] float32\nat dot_test.cpp:)" +
            fmt::format("{}", line - 2) + R"("]
  "y" [label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr><td><table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr><td cellpadding="2"><b>y</b> = divide</td><td cellpadding="2"><table border="1" cellborder="0" cellspacing="0" cellpadding="1" style="rounded" bgcolor="#F3F4F6" color="#9AA1A9"><tr><td width="12"><font point-size="9" color="#4A5763">4</font></td></tr></table></td></tr></table></td></tr><tr><td><font point-size="9" color="#4A5763">[2] float32</font></td></tr></table>> fillcolor="#E3F3E6" color="#4E9A5B" tooltip="y\ndivide\noperand 1: constant = 4\n[2] float32\nat dot_test.cpp:)" +
            fmt::format("{}", line) + R"("]
  "x" -> "y" [headlabel="0"]
}
)");
}

TEST_CASE("Operands are numbered where there are several, and results likewise") {
  Graph graph;
  const auto logits = graph.input("logits", {4, 3});
  const auto labels = graph.input("labels", {4}, DType::int32);
  const auto loss = softmax_cross_entropy(logits, labels).named("loss");
  (-loss.result(1)).named("last");
  const auto text = to_dot(graph);
  CHECK_THAT(text, contains(R"("logits" -> "loss" [headlabel="0"])"));
  CHECK_THAT(text, contains(R"("labels" -> "loss" [headlabel="1"])"));
  CHECK_THAT(text, contains(R"("loss" -> "last" [taillabel="1"])"));
  CHECK_THAT(statement_of(text, R"("loss")"), contains("0: [4] float32"));
  CHECK_THAT(statement_of(text, R"("loss")"), contains("1: [4, 3] float32"));
}

TEST_CASE("A node shows its name if it was given one, its op and its attributes") {
  Graph graph;
  const auto x = graph.input("x", {2, 3});
  sum(x, {1});
  sum(x, {0}).named("total");
  const auto text = to_dot(graph);
  CHECK_THAT(statement_of(text, R"("sum")"), contains("<b>sum</b><br/>"));
  CHECK_THAT(statement_of(text, R"("sum")"), contains("axes=[1]"));
  CHECK_THAT(statement_of(text, R"("total")"), contains("<b>total</b> = sum<br/>"));
}

TEST_CASE("A gradient node's tooltip says whose rule made it") {
  const Net net;
  const auto line = statement_of(to_dot(net.graph), R"("gradient/layer/multiply")");
  CHECK_THAT(line, contains(R"(\ngradient of layer/multiply\nat net.hpp:)"));
}

TEST_CASE("The same graph gives the same bytes") {
  const auto text = [] {
    const Net net;
    return to_dot(net.graph, {.title = "net"});
  };
  const auto first = text();
  CHECK(first == text());
  const Net net;
  std::ostringstream stream;
  write_dot(stream, net.graph, {.title = "net"});
  CHECK(stream.str() == first);
}

TEST_CASE("A file is written whole") {
  const TemporaryFolder folder;
  const Net net;
  write_dot(folder / "net.dot", net.graph);
  CHECK(read_file(folder / "net.dot") == to_dot(net.graph));
  CHECK_REFUSED(FileError, write_dot(folder / "no" / "net.dot", net.graph), "No such file or directory");
}

TEST_CASE("Outputs and updates of another graph are refused") {
  const Net net, other;
  CHECK_REFUSED(GraphError, to_dot(net.graph, {.outputs = {other.loss}}), "'loss' belongs to another graph");
  CHECK_REFUSED(GraphError, to_dot(net.graph, {.updates = {other.update}}), "belongs to another graph");
}
