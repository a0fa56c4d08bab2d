#pragma once

#include <retrograph/graph/op.hpp>

namespace retrograph {

/// The op of reshape, for rewrite rules: other ops become one where they leave the numbers where they are.
struct Reshape {
  static constexpr std::string_view name = "reshape";
  static constexpr bool alias = true;
  Shape shape;

  std::string attributes() const;
  Types infer(const Types& operands) const;
  void compute(const Call& call) const;
  std::optional<Rewritten> rewrite(const Match& match) const;
  Gradients gradient(const Applied& node, const Tensor& upstream) const;
  friend bool operator==(const Reshape&, const Reshape&) = default;
};

}  // namespace retrograph
