#include <retrograph/graph/execute/function_groups.hpp>

#include "support/generated_loops.hpp"
#include "support/instruction_set_limit.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// The root of its operand, with a formula or without.
class Root final : public Pointwise {
 public:
  explicit Root(bool has_formula) : has_formula_{has_formula} {}
  void run(const void* const*, void*, std::int64_t) const override {}
  std::optional<Formula> formula() const override {
    if (!has_formula_) return std::nullopt;
    Formula formula;
    formula.apply(Formula::Operation::square_root, {formula.operand(0)});
    return formula;
  }

 private:
  bool has_formula_;
};

/// Functions of one operand, each of what the one before it made, in the groups that they come into.
struct Chain {
  struct Function {
    DType dtype = DType::float32;
    bool has_formula = true;
  };
  explicit Chain(const std::vector<Function>& chain, std::vector<TileBuffers::Value> results,
                 std::vector<TileBuffers::Value> endings = {}, bool generates = true) {
    for (const auto& [dtype, has_formula] : chain) {
      functions.push_back(std::make_unique<Root>(has_formula));
      reads.of_functions.push_back({static_cast<TileBuffers::Value>(reads.dtypes.size())});
      reads.dtypes.push_back(dtype);
    }
    reads.of_endings = std::move(endings);
    const FunctionGroups made{functions, 1, reads, results, generates};
    for (const auto& group : made.groups()) groups.emplace_back(group.first, group.last);
    in_registers = made.in_registers();
  }

  std::vector<std::unique_ptr<Pointwise>> functions;
  TileBuffers::Reads reads;
  std::vector<std::pair<std::size_t, std::size_t>> groups;
  std::vector<bool> in_registers;  // the operand first
};

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
using Flags = std::vector<bool>;
const Chain::Function f{}, g{DType::float64}, opaque{DType::float32, false};

}  // namespace

TEST_CASE("Neighbouring functions with formulas on one dtype become one group") {
  if (!can_generate_loops()) return;
  CHECK(Chain{{f, f, f}, {3}}.groups == Pairs{{0, 3}});
  CHECK(Chain{{f, f, g, g, f}, {5}}.groups == Pairs{{0, 2}, {2, 4}, {4, 5}});
  CHECK(Chain{{f, opaque, f, f}, {4}}.groups == Pairs{{0, 1}, {1, 2}, {2, 4}});
}

TEST_CASE("Values of a group stay in registers unless somebody else reads them") {
  if (!can_generate_loops()) return;
  CHECK(Chain{{f, f, f}, {3}}.in_registers == Flags{false, true, true, false});
  CHECK(Chain{{f, f, f}, {3}, {1}}.in_registers == Flags{false, false, true, false});
  CHECK(Chain{{f, f, f}, {2, 3}}.in_registers == Flags{false, true, false, false});
  CHECK(Chain{{f, f, opaque}, {3}}.in_registers == Flags{false, true, false, false});
}

TEST_CASE("Each function is a group by itself where loops are not wanted or not possible") {
  const auto is_wanted = GENERATE(false, true);
  const InstructionSetLimit limit{is_wanted ? detail::InstructionSet::avx2 : detail::InstructionSet::avx512};
  const Chain chain{{f, f}, {2}, {}, is_wanted};
  CHECK(chain.groups == Pairs{{0, 1}, {1, 2}});
  CHECK(chain.in_registers == Flags{false, false, false});
}
