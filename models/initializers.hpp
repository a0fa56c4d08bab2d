#pragma once

#include <retrograph/graph/node.hpp>

namespace retrograph {

// What fills a parameter when a State is made. Number i of a parameter depends on the seed, the parameter's
// name and i alone. The numbers are drawn in double and rounded to the parameter's dtype.

/// All 0.
Initializer zeros();

/// All `value`. Throws GraphError if it is not finite.
Initializer constant(double value);

/// Uniform in [low, high). Throws GraphError unless low <= high and both are finite.
Initializer uniform(double low, double high);

// The four below are for weights [inputs, outputs], or [filters, channels, height, width] of a convolution:
// its inputs are channels * height * width, its outputs filters * height * width. They throw ShapeError (when
// the State is made) for a parameter of another shape. In a uniform distribution on [-a, a) the variance is
// a^2 / 3, which gives the uniform forms their bounds.

/// He's initialisation, for a layer that a ReLU follows: it keeps the size of the numbers from layer to
/// layer.
///
///     variance = 2 / inputs
///     he_normal: N(0, variance)      he_uniform: U[-sqrt(6 / inputs), sqrt(6 / inputs))
///
/// Source: He, Zhang, Ren, Sun: "Delving deep into rectifiers", ICCV 2015, equation 10.
Initializer he_uniform();
Initializer he_normal();

/// Glorot's initialisation, for a layer that tanh, sigmoid or nothing follows: a compromise that keeps both
/// the numbers on the way forward and the gradients on the way back.
///
///     variance = 2 / (inputs + outputs)
///     xavier_normal: N(0, variance)
///     xavier_uniform: U[-sqrt(6 / (inputs + outputs)), sqrt(6 / (inputs + outputs)))
///
/// Source: Glorot, Bengio: "Understanding the difficulty of training deep feedforward neural networks",
/// AISTATS 2010, equations 12 (the variance) and 16 (the uniform form).
Initializer xavier_uniform();
Initializer xavier_normal();

}  // namespace retrograph
