#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>
#include <retrograph/ops/catalogue.hpp>

namespace retrograph {

/// The attributes that every reduction has, and the shape rule of most.
struct ReducedAxes {
  std::vector<std::size_t> axes;  // in rising order
  Keep keep = Keep::no;

  /// "axes=[0, 2], keep"
  std::string attributes() const;
  Types infer(const Types& operands) const;

  /// For the rewrite rule of a reduction that leaves one number as it is: a reshape, where there is no more.
  std::optional<Rewritten> of_one_number(const Match& match) const;

  Axes as_axes() const { return Axes{std::vector<std::int64_t>{axes.begin(), axes.end()}}; }

  /// A result of the reduction of `operand` with extent 1 along the axes, so that it broadcasts over
  /// `operand`.
  Tensor kept(const Tensor& result, const Tensor& operand) const;
  /// A result repeated along the axes to the shape of `operand`.
  Tensor repeated(const Tensor& result, const Tensor& operand) const;

  /// The numbers of `operand` along the axes, as a scalar tensor of its dtype.
  Tensor count(const Tensor& operand) const;

  friend bool operator==(const ReducedAxes&, const ReducedAxes&) = default;
};

/// The chosen axes of `x`. Throws ShapeError in the name of `op` for one that x does not have.
ReducedAxes reduced_axes(std::string_view op, const Tensor& x, const Axes& axes, Keep keep,
                         std::source_location where);

/// Throws ShapeError if an axis is known to have no numbers: for reductions that have no value then.
void require_numbers(const Shape& shape, const std::vector<std::size_t>& axes);

/// Whether a reduction that has no value of no numbers never meets that with these types.
bool has_numbers(const Signature& signature);

/// The ways to choose axes, as samples of a reduction on numbers between `low` and `high`.
std::vector<Sample> reduction_samples(Tensor (*op)(const Tensor&, const Axes&, Keep, std::source_location),
                                      double low, double high);

}  // namespace retrograph
