#pragma once

#include <retrograph/graph/compile/passes.hpp>
#include <retrograph/graph/graph.hpp>

namespace retrograph {

/// One result of one step, or a leaf, in a program.
using ValueId = std::uint32_t;

/// An op to run: what a node becomes when shapes are numbers.
struct Step {
  Op op;
  std::vector<ValueId> inputs, outputs;
  NodeId origin;
};

/// What runs, as flat lists, for one binding of the symbols: the form that the passes of the compiler change.
struct Program {
  struct Leaf {
    ValueId value;
    NodeId node;
  };
  struct Constant {
    ValueId value;
    std::shared_ptr<const Array> array;
  };

  std::vector<ArrayType> values;  // the type of each value
  std::vector<Leaf> inputs, parameters;
  std::vector<Constant> constants;
  std::vector<Step> steps;  // each after those whose results it uses
  std::vector<ValueId> outputs;
  std::vector<Leaf> updates;  // the value that a parameter takes on

  /// An update whose step writes the new value over the old, in the parameter's own memory.
  struct InPlaceUpdate {
    ValueId value;
    std::uint32_t parameter;  // its index in the list
    std::uint32_t step;
  };
  std::vector<InPlaceUpdate> in_place;

  ValueId add_value(ArrayType type) {
    values.push_back(std::move(type));
    return static_cast<ValueId>(values.size() - 1);
  }
  Signature signature(const Step& step) const;
  /// Likewise, into memory that is used again.
  void fill(Signature& signature, const Step& step) const;
};

inline constexpr std::uint32_t no_step = ~std::uint32_t{0};

/// The step that makes each value; `no_step` for a leaf.
std::vector<std::uint32_t> producers(const Program& program);

/// How often each value is read, by steps and after the run, as an output or for an update.
std::vector<std::uint32_t> count_uses(const Program& program);

/// For each value, the value whose numbers it shows under another shape; most often itself.
std::vector<ValueId> roots(const Program& program);

/// For each node, whether `outputs` or `updates` are made of it.
std::vector<bool> needed_nodes(Graph& graph, std::span<const Tensor> outputs,
                               std::span<const Update> updates);

/// What `outputs` and `updates` need of `graph`, and no more.
Program prune(Graph& graph, std::span<const Tensor> outputs, std::span<const Update> updates,
              const Binding& binding);

/// Drops steps whose results nobody uses any more.
void remove_unused(Program& program);

/// Steps that only repeat numbers are best left until it is known which ops repeat them by themselves.
enum class Repetition { left, folded };

/// Replaces steps whose operands are all known by their results, unless those are large.
void fold_constants(Program& program, Repetition repetition);

/// Makes of steps with equal ops and operands one step. Returns whether there were any.
bool merge_equal(Program& program);

/// Applies the rewrite rules that ops bring along. Returns whether one applied.
bool simplify(Program& program);

/// Applies the rules by which an op does the work of the steps around it in its own pass over the numbers.
/// The ops that come of it are in programs alone, so that no rule of another op waits for what they take in.
void combine(Program& program);

/// Makes of elementwise steps that follow from one another one step, which runs them piece by piece in the
/// cache.
void fuse(Program& program);

/// Has fused steps become machine code, as far as that is possible.
void generate(Program& program);

/// Lets elementwise steps that follow a step which takes an epilogue work on the parts of its result while
/// they are in the cache.
void attach_epilogues(Program& program);

/// Lets the steps that make new values of parameters write them over the old ones, where their ops may do so,
/// every other reader of the old ones can run before, and so can all steps that may fail: the steps are put
/// in such an order. A run that throws has then changed no parameter.
void update_in_place(Program& program);

/// The passes above: prune, fold, then simplify and merge in turn while that changes anything, drop what is
/// left over, combine, fuse, and update in place.
Program compile(Graph& graph, std::span<const Tensor> outputs, std::span<const Update> updates,
                const Binding& binding, const Passes& passes = {});

}  // namespace retrograph
