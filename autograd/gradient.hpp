#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

struct GradientOptions {
  /// The gradient that arrives at y; ones if left out, and then y must be a scalar.
  std::optional<Tensor> upstream = {};
  /// For an x that does not reach y: an error that names it, or zeros.
  enum class Unconnected { error, zeros } unconnected = Unconnected::error;
};

/// The gradient of y with respect to each of xs, by reverse-mode differentiation.
///
///     gradient_i = sum_j upstream_j * d y_j / d x_i
///
/// y        [], or any shape with `upstream` of the same shape; float32 or float64
/// returns  a tensor of the shape and dtype of each x: new nodes of the same graph, to be run, drawn and
///          differentiated like any others
///
/// Throws GradientError if y is no float or no scalar without upstream; if an x is not connected to y; if
/// every way from an x to y leads through something that is not differentiable. Source: Griewank and Walther,
/// "Evaluating Derivatives", 2nd edition, 2008, chapter 3.2.
std::vector<Tensor> gradient(const Tensor& y, std::span<const Tensor> xs, const GradientOptions& options = {},
                             std::source_location where = std::source_location::current());
Tensor gradient(const Tensor& y, const Tensor& x, const GradientOptions& options = {},
                std::source_location where = std::source_location::current());
/// With respect to parameters.
std::vector<Tensor> gradient(const Tensor& y, std::span<const Parameter> xs,
                             const GradientOptions& options = {},
                             std::source_location where = std::source_location::current());

}  // namespace retrograph
