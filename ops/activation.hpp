#pragma once

#include <retrograph/graph/graph.hpp>

namespace retrograph {

// All take x [...], float32 or float64 (relu: any number), return the same shape and dtype, hand a NaN on,
// and neither overflow nor lose digits for large |x|.

/// max(x, 0). Gradient: upstream where x > 0, else 0; 0 at 0.
Tensor relu(const Tensor& x, std::source_location where = std::source_location::current());

/// x where x > 0, else slope * x. Gradient: upstream where x > 0, else slope * upstream.
Tensor leaky_relu(const Tensor& x, double slope = 0.01,
                  std::source_location where = std::source_location::current());

/// x where x > 0, else alpha * (e^x - 1). Gradient: upstream where x > 0, else upstream * alpha * e^x.
/// Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
/// Linear Units (ELUs)", 2016, equation 15.
Tensor elu(const Tensor& x, double alpha = 1, std::source_location where = std::source_location::current());

/// x * P(X <= x) for a standard normal X, by the error function: x / 2 * (1 + erf(x / sqrt(2))).
/// Gradient: upstream * (P(X <= x) + x * density(x)).
/// Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016, section 2.
Tensor gelu(const Tensor& x, std::source_location where = std::source_location::current());

/// 1 / (1 + e^-x). Gradient: upstream * y * (1 - y).
Tensor sigmoid(const Tensor& x, std::source_location where = std::source_location::current());

/// The hyperbolic tangent. Gradient: upstream * (1 - y^2).
Tensor tanh(const Tensor& x, std::source_location where = std::source_location::current());

/// ln(1 + e^x). Gradient: upstream * sigmoid(x).
Tensor softplus(const Tensor& x, std::source_location where = std::source_location::current());

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
/// Gradient: upstream * 2 / sqrt(pi) * e^(-x^2).
Tensor erf(const Tensor& x, std::source_location where = std::source_location::current());

}  // namespace retrograph
