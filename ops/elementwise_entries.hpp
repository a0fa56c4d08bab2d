#pragma once

#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// One sample of a function of one tensor, on numbers between `low` and `high`.
inline std::vector<Sample> unary_samples(Tensor (*op)(const Tensor&, std::source_location), double low,
                                         double high) {
  return {{"", {sample_numbers({2, 3}, low, high)}, [op](std::span<const Tensor> x) {
             return op(x[0], std::source_location::current());
           }}};
}

/// Samples of a function of two tensors, with every way to broadcast. Each range may run downwards.
struct SampleRange {
  double first, last;
};
inline std::vector<Sample> binary_samples(Tensor (*op)(Operand, Operand), SampleRange a, SampleRange b) {
  const auto apply = [op](std::span<const Tensor> x) { return op(x[0], x[1]); };
  const auto numbers = [](Extents extents, SampleRange range) {
    return sample_numbers(std::move(extents), range.first, range.last);
  };
  return {{"same shape", {numbers({2, 3}, a), numbers({2, 3}, b)}, apply},
          {"a row over a column", {numbers({3}, a), numbers({2, 1}, b)}, apply},
          {"a scalar", {numbers({}, a), numbers({4}, b)}, apply},
          {"a batch over a matrix", {numbers({2, 1, 2}, a), numbers({3, 1}, b)}, apply}};
}

}  // namespace retrograph
