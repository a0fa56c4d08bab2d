#pragma once

#include <retrograph/graph/op.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>

namespace retrograph {

/// The op of matmul, for rules of other ops.
struct Matmul {
  static constexpr std::string_view name = "matmul";
  static constexpr bool never_fails = true;
  static constexpr bool takes_epilogue = true;
  bool transpose_a, transpose_b;

  std::string attributes() const;
  Types infer(const Types& operands) const;
  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return retrograph::prepare<T>(product(signature));
  }
  double cost(const Signature& signature) const { return retrograph::cost(product(signature)); }
  std::optional<Rewritten> rewrite(const Match& match) const;
  Gradients gradient(const Applied& node, const Tensor& upstream) const;
  friend bool operator==(const Matmul&, const Matmul&) = default;

  /// What the kernel computes; operands after the second are not looked at.
  MatrixProduct product(const Signature& signature) const;
};

}  // namespace retrograph
