#include <retrograph/graph/draw/render.hpp>

#include "graph/draw/net.hpp"
#include "support/files.hpp"
#include "support/matchers.hpp"

#include <thread>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("render names the endings it knows when it is given another") {
  const TemporaryFolder folder;
  const Net net;
  for (const auto* name : {"net.jpg", "net", "net.svg.gz", ".svg", "net.SVG"}) {
    CHECK_REFUSED(FileError, render(folder / name, net.graph), "cannot draw");
    CHECK_REFUSED(FileError, render(folder / name, net.graph), "ends in .svg, .png, .pdf or .dot");
    CHECK_FALSE(std::filesystem::exists(folder / name));
  }
}

TEST_CASE("render writes the text itself to a .dot file, with or without Graphviz") {
  const TemporaryFolder folder;
  const Net net;
  render(folder / "net.dot", net.graph, {.title = "net"});
  CHECK(read_file(folder / "net.dot") == to_dot(net.graph, {.title = "net"}));
}

TEST_CASE("render says so if the library was built without Graphviz, and writes nothing") {
  if (can_render()) return;
  const TemporaryFolder folder;
  const Net net;
  CHECK_REFUSED(FileError, render(folder / "net.svg", net.graph), "built without Graphviz");
  CHECK_FALSE(std::filesystem::exists(folder / "net.svg"));
}

TEST_CASE("render draws SVG with every name, shape and tooltip") {
  if (!can_render()) return;
  const TemporaryFolder folder;
  const Net net;
  render(folder / "net.svg", net.graph, {.title = "A small net"});
  const auto svg = read_file(folder / "net.svg");
  CHECK(svg.starts_with("<?xml"));
  CHECK(svg.find("</svg>") != std::string::npos);
  for (const auto* text : {">A small net<", ">weight<", ">[batch, 3] float32</text>", ">gradient<", ">0.5<",
                           "net.hpp:", "#fff1cc"}) {
    INFO(text);
    CHECK(svg.find(text) != std::string::npos);
  }
}

TEST_CASE("render draws PNG and PDF, wide and tall") {
  if (!can_render()) return;
  const TemporaryFolder folder;
  const Net net;
  using enum DotOptions::Direction;
  for (const auto direction : {top_to_bottom, left_to_right}) {
    render(folder / "net.png", net.graph, {.direction = direction});
    const auto png = read_file(folder / "net.png");
    CHECK(png.starts_with("\x89PNG\r\n\x1A\n"));
    CHECK(png.size() > 20'000);
    render(folder / "net.pdf", net.graph, {.direction = direction});
    const auto pdf = read_file(folder / "net.pdf");
    CHECK(pdf.starts_with("%PDF-"));
    CHECK(pdf.find("%%EOF") != std::string::npos);
    CHECK(pdf.size() > 5'000);
  }
}

TEST_CASE("Names that are markup elsewhere are text in the picture") {
  if (!can_render()) return;
  const TemporaryFolder folder;
  Graph graph;
  const auto scope = graph.scope(R"(scope <&"\)");
  graph.input(R"(<b>"x" & \N &lt; größe)", {});
  render(folder / "x.svg", graph);
  const auto svg = read_file(folder / "x.svg");
  const std::string no_width = "\u200B";
  for (const auto& text :
       {R"(>&lt;b&gt;&quot;x&quot; &amp; \)" + no_width + "N &amp;lt; größe</text>",
        R"(>scope &lt;&amp;&quot;\)" + no_width + "</text>",
        R"(/&lt;b&gt;&quot;x&quot; &amp; \)" + no_width + "N &amp;lt; größe&#10;input&#10;"}) {
    INFO(text);
    CHECK(svg.find(text) != std::string::npos);
  }
}

TEST_CASE("render draws an empty graph") {
  if (!can_render()) return;
  const TemporaryFolder folder;
  const Graph graph;
  render(folder / "empty.svg", graph);
  CHECK(read_file(folder / "empty.svg").find("</svg>") != std::string::npos);
}

TEST_CASE("render names the path and the reason for a file that cannot be written") {
  if (!can_render()) return;
  const TemporaryFolder folder;
  const Net net;
  const auto file = folder / "no" / "net.svg";
  CHECK_REFUSED(FileError, render(file, net.graph), "cannot write '" + file.string() + "': No such file");
}

TEST_CASE("Threads may draw at once") {
  if (!can_render()) return;
  const TemporaryFolder folder;
  const Net net;
  const auto name = [](int index) { return "net" + std::to_string(index) + ".svg"; };
  {
    std::vector<std::jthread> threads;
    for (int index = 0; index < 4; ++index)
      threads.emplace_back([&, index] { render(folder / name(index), net.graph); });
  }
  const auto first = read_file(folder / name(0));
  CHECK_FALSE(first.empty());
  for (int index = 1; index < 4; ++index) CHECK(read_file(folder / name(index)) == first);
}
