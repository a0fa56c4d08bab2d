#pragma once

#include <retrograph/graph/execute/pointwise_kernel.hpp>
#include <retrograph/graph/op.hpp>

namespace retrograph {

/// Elementwise ops, and reductions of what they make, as one: what the compiler makes of several steps. It
/// exists in programs, not in graphs.
struct Fused {
  static constexpr std::string_view name = "fused";
  static constexpr bool differentiable = false;
  static constexpr bool never_fails = true;
  static constexpr std::size_t most_members = 512;

  /// Values are numbered as in PointwiseKernel.
  struct Member {
    Op op;
    Signature signature;
    std::vector<PointwiseKernel::Value> arguments;
  };
  std::uint32_t operand_count = 0;
  std::vector<Member> members;
  std::vector<PointwiseKernel::Value> results;
  /// Each of one value; their results come after the others.
  std::vector<Member> reductions;
  bool generates = false;  // machine code, where that is possible

  /// The names of the members.
  std::string attributes() const;
  Types infer(const Types&) const { throw InternalError{"a fused op was asked for the shapes of a graph"}; }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const { return kernel(signature); }
  std::unique_ptr<PointwiseKernel> kernel(const Signature& signature) const;
  double cost(const Signature& signature) const;

  /// True if `result` may take over the memory of `operand`: it is written when that has been read for the
  /// last time, and place by place.
  bool overwrites(std::size_t result, std::size_t operand) const;

  /// Whether a kernel can hold all members.
  bool fits(const Signature& signature) const;

  const Extents& extents() const { return members[0].signature.outputs[0].extents; }
};

}  // namespace retrograph
