#pragma once

#include <retrograph/autograd/gradient.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include <sstream>
#include <string>

namespace retrograph::test {

inline Initializer ones() {
  return [](const ArrayType& type, const RandomStream&) { return Array::full(type.extents, 1, type.dtype); };
}

/// weight * x in a scope, its squared sum, the gradient, and an update made by hand.
struct Net {
  Graph graph;
  Input x = graph.input("x", {graph.dim("batch"), 3});
  Parameter weight = make_weight();
  Tensor scaled = scale();
  Tensor loss = sum(scaled * scaled).named("loss");
  Tensor slope = gradient(loss, weight);
  Tensor next = (weight - 0.5 * slope).named("next");
  Update update = graph.update(weight, next);

 private:
  Parameter make_weight() {
    const auto scope = graph.scope("layer");
    return graph.parameter("weight", {3}, ones());
  }
  Tensor scale() {
    const auto scope = graph.scope("layer");
    return weight * x;
  }
};

/// The line of a text that makes the node of this id, quoted.
inline std::string statement_of(const std::string& text, const std::string& id) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.find(id + " [label") != std::string::npos) return line;
  return {};
}

}  // namespace retrograph::test
