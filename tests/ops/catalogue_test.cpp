#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>

#include "support/matchers.hpp"
#include "support/passes.hpp"

#include <algorithm>
#include <set>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// The sample's result with its float64 operands converted to `dtype`.
Array run_as(const Sample& sample, DType dtype) {
  Graph graph;
  std::vector<Tensor> operands;
  for (const auto& operand : sample.operands)
    operands.push_back(
        graph.constant(operand.dtype() == DType::float64 ? operand.cast(dtype) : Array{operand}));
  return evaluate(sample.apply(operands));
}

void prove_derivatives(std::string_view label, const Passes& passes) {
  for (const auto& entry : catalogue())
    for (const auto& sample : entry.samples) {
      if (entry.gradient == "none") continue;
      INFO(entry.name << ": " << sample.label << ", " << label);
      CHECK_NOTHROW(check_gradient(sample.apply, sample.operands, {.order = 1, .passes = passes}));
      // Squared, for the gradient of a linear op is a constant: its own rule would never be asked.
      const auto squared = [&](std::span<const Tensor> x) {
        const auto y = sample.apply(x);
        return y * y;
      };
      CHECK_NOTHROW(check_gradient(squared, sample.operands, {.order = 2, .passes = passes}));
    }
}

}  // namespace

TEST_CASE("every differentiable op proves its two derivatives, whichever passes of the compiler run") {
  for (const auto& [label, passes] : pass_settings()) prove_derivatives(label, passes);
}

TEST_CASE("every op of the catalogue takes the dtypes it names and refuses the others") {
  for (const auto& entry : catalogue()) {
    REQUIRE_FALSE(entry.samples.empty());
    for (const auto dtype : all_dtypes) {
      INFO(entry.name << ": " << to_string(dtype));
      const bool named = std::find(entry.dtypes.begin(), entry.dtypes.end(), dtype) != entry.dtypes.end();
      if (named)
        for (const auto& sample : entry.samples) CHECK_NOTHROW(run_as(sample, dtype));
      else
        CHECK_THROWS_AS(run_as(entry.samples.front(), dtype), TypeError);
    }
  }
}

TEST_CASE("the catalogue names each op once") {
  std::set<std::string_view> names;
  for (const auto& entry : catalogue()) {
    INFO(entry.name);
    CHECK(names.insert(entry.name).second);
    CHECK_FALSE(entry.formula.empty());
    CHECK_FALSE(entry.shapes.empty());
    CHECK_FALSE(entry.gradient.empty());
  }
}
