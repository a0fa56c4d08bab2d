#pragma once

#include <retrograph/models/data/mnist.hpp>

namespace retrograph {

/// Shifts and scales the images of both sets so that all numbers of the training images together have mean 0
/// and variance 1. Labels stay as they are.
///
///     x <- (x - mean) / deviation      mean and deviation of the training images alone
///
/// A net learns faster from such numbers. Source: LeCun, Bottou, Orr, Müller: "Efficient BackProp", 1998,
/// section 4.3, here with one mean and deviation for all pixels, as some pixels never vary.
///
/// Throws DataError if all numbers of the training images are equal, or there are none; TypeError if images
/// are not float32.
void standardize(Mnist& data);

}  // namespace retrograph
