#pragma once

#include <retrograph/graph/op.hpp>

namespace retrograph {

/// The op of transpose, seen by rewrite rules of other ops: axis i of the result is axis permutation[i] of x.
struct Transpose {
  static constexpr std::string_view name = "transpose";
  static constexpr bool never_fails = true;
  static constexpr bool rearranges = true;
  std::vector<std::size_t> permutation;

  /// True if it swaps the last two axes and leaves the others where they are.
  bool swaps_last_two() const;

  std::string attributes() const;
  Types infer(const Types& operands) const;
  std::unique_ptr<Kernel> prepare(const Signature& signature) const;
  std::optional<Rewritten> rewrite(const Match& match) const;
  Gradients gradient(const Applied& node, const Tensor& upstream) const;
  friend bool operator==(const Transpose&, const Transpose&) = default;
};

}  // namespace retrograph
