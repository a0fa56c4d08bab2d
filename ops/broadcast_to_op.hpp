#pragma once

#include <retrograph/graph/op.hpp>

namespace retrograph {

/// The op of broadcast_to, for rewrite rules of other ops.
struct BroadcastTo {
  static constexpr std::string_view name = "broadcast_to";
  static constexpr bool never_fails = true;
  static constexpr bool rearranges = true;
  Shape shape;

  std::string attributes() const;
  Types infer(const Types& operands) const;
  std::unique_ptr<Kernel> prepare(const Signature& signature) const;
  std::unique_ptr<Pointwise> pointwise(const Signature& signature) const;
  std::optional<Rewritten> rewrite(const Match& match) const;
  Gradients gradient(const Applied& node, const Tensor& upstream) const;
  friend bool operator==(const BroadcastTo&, const BroadcastTo&) = default;
};

}  // namespace retrograph
