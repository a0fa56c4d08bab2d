#pragma once

#include <retrograph/graph/formula.hpp>
#include <retrograph/graph/kernel.hpp>

#include <optional>

namespace retrograph {

/// A function of numbers that is applied place by place, prepared for operands of fixed dtypes: the innermost
/// loop of an elementwise op. Several of them run one after another on pieces that fit the first-level cache;
/// see PointwiseKernel. May be called by any number of threads at once, and never throws.
class Pointwise {
 public:
  virtual ~Pointwise() = default;
  /// result[i] = f(operands[0][i], operands[1][i], ...) for each i below `count`, where an operand that does
  /// not move gives its one number each time. The result may be in the place of an operand with numbers of
  /// the same size that moves.
  virtual void run(const void* const* operands, void* result, std::int64_t count) const = 0;
  /// What it computes, bit by bit, if that can be said so.
  virtual std::optional<Formula> formula() const { return std::nullopt; }
};

/// A reduction along the last axes of its operand that is handed the numbers piece by piece, while they are
/// in the cache. May be called by any number of threads at once, and never throws.
class PieceReduction {
 public:
  virtual ~PieceReduction() = default;
  /// `partial` becomes the reduction of `count` > 0 neighbours.
  virtual void reduce(const void* numbers, std::int64_t count, void* partial) const = 0;
  /// Each result is made of as many partials, one after the other, as pieces were announced.
  virtual void join(const void* partials, void* results) const = 0;
};

/// How many neighbours make up a result of a reduction along the last axes; 0 if it is along others.
std::int64_t reduced_line(const Extents& extents, const std::vector<std::size_t>& axes);

/// False if an operand of an elementwise op is one number for all places of a result.
inline bool moves(const Signature& signature, std::size_t operand) {
  return element_count(signature.inputs[operand].extents) != 1 ||
         element_count(signature.outputs[0].extents) == 1;
}

/// Copies one number of 1, 4 or 8 bytes to `count` places.
void repeat(const std::byte* number, std::size_t bytes, std::int64_t count, std::byte* to);

}  // namespace retrograph
