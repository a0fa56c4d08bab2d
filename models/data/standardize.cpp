#include <retrograph/models/data/standardize.hpp>

#include <cmath>

namespace retrograph {

Scaling standardize(TrainAndTest& data) {
  const auto scaling = scaling_of(data.train);
  for (auto* dataset : {&data.train, &data.test}) scale(dataset->images, scaling);
  return scaling;
}

Scaling scaling_of(const Dataset& training) {
  const auto numbers = training.images.values<float>();
  double sum = 0, squares = 0;
  for (const double number : numbers) {
    sum += number;
    squares += number * number;
  }
  const auto count = static_cast<double>(numbers.size()), mean = sum / count;
  const auto deviation = std::sqrt(squares / count - mean * mean);
  if (!(deviation > 0)) throw DataError{"images that are all alike cannot be scaled to variance 1"};
  return {mean, deviation};
}

void scale(Array& images, const Scaling& scaling) {
  for (auto& number : images.values<float>())
    number = static_cast<float>((number - scaling.mean) / scaling.deviation);
}

}  // namespace retrograph
