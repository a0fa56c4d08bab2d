#pragma once

#include <retrograph/graph/graph.hpp>
#include <retrograph/ops/axes.hpp>

namespace retrograph {

/// The variance over chosen axes.
///
///     y = sum_i (x_i - mean)^2 / (n - correction)      n: the numbers along `axes`
///
/// x           [...], float32 or float64
/// correction  0: the variance of a whole population; 1: Bessel's, the estimate of it from a sample
/// returns     x's shape without `axes`, or with extent 1 there; NaN where n is not above `correction`
///
/// Gradient: upstream * 2 (x - mean) / (n - correction).
/// In two passes, the mean first, so that large means cost no digits: with u the unit roundoff the relative
/// error is of the order of u, plus (u |mean|)^2 / y. Source: Chan, Golub and LeVeque, "Algorithms for
/// computing the sample variance", The American Statistician 37 (1983), 242-247. Throws ShapeError for an
/// axis that x does not have.
Tensor variance(const Tensor& x, const Axes& axes = {}, Keep keep = Keep::no, int correction = 0,
                std::source_location where = std::source_location::current());

}  // namespace retrograph
