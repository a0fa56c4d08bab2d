#pragma once

#include <retrograph/graph/compile/fused.hpp>

namespace retrograph {

/// An op, and elementwise ops that follow it, as one: they work on each part of its result as soon as it is
/// written, where one of their own results will be. It exists in programs, not in graphs.
///
/// Operands: those of the op, then those of the elementwise ops but the result of the op.
struct WithEpilogue {
  static constexpr std::string_view name = "with_epilogue";
  static constexpr bool differentiable = false;
  static constexpr bool never_fails = true;  // as are all ops that take an epilogue

  Op op;
  Signature signature_of_op;
  Fused epilogue;
  std::size_t place;   // of the op's result among the operands of the epilogue
  std::size_t result;  // of the epilogue, in whose memory the op's result is until it is overwritten

  /// The name of the op and those of the others.
  std::string attributes() const;
  Types infer(const Types&) const { throw InternalError{"a fused op was asked for the shapes of a graph"}; }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const;
  double cost(const Signature& signature) const;
  bool overwrites(std::size_t of_result, std::size_t operand) const;
};

}  // namespace retrograph
