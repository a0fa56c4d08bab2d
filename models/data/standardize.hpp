#pragma once

#include <retrograph/models/data/dataset.hpp>

namespace retrograph {

/// What takes numbers to mean 0 and variance 1.
struct Scaling {
  double mean = 0, deviation = 1;
};

/// Shifts and scales the images of both sets so that all numbers of the training images together have mean 0
/// and variance 1. Labels stay as they are.
///
///     x <- (x - mean) / deviation      mean and deviation of the training images alone
///
/// A net learns faster from such numbers. Source: LeCun, Bottou, Orr, Müller: "Efficient BackProp", 1998,
/// section 4.3, here with one mean and deviation for all pixels, as some pixels never vary.
///
/// returns  what was done, to do it to what the net sees later
/// Throws DataError if all numbers of the training images are equal, or there are none; TypeError if images
/// are not float32.
Scaling standardize(TrainAndTest& data);

/// The scaling of the training images that `standardize` uses. Throws as it does.
Scaling scaling_of(const Dataset& training);

/// Scales images so. Throws TypeError if they are not float32.
void scale(Array& images, const Scaling& scaling);

}  // namespace retrograph
