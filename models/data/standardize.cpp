#include <retrograph/models/data/standardize.hpp>

#include <cmath>
#include <numeric>

namespace retrograph {

Scaling standardize(TrainAndTest& data) {
  const auto scaling = scaling_of(data.train);
  for (auto* dataset : {&data.train, &data.test}) scale(dataset->images, scaling);
  return scaling;
}

Scaling scaling_of(const Dataset& training) {
  const auto numbers = training.images.values<float>();
  const auto count = static_cast<double>(numbers.size());
  const auto mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / count;
  // The mean of squares less the square of the mean would lose all digits beside a large mean.
  double squares = 0;
  for (const auto number : numbers) squares += (number - mean) * (number - mean);
  const auto deviation = std::sqrt(squares / count);
  if (!(deviation > 0)) throw DataError{"images that are all alike cannot be scaled to variance 1"};
  return {mean, deviation};
}

void scale(Array& images, const Scaling& scaling) {
  for (auto& number : images.values<float>())
    number = static_cast<float>((number - scaling.mean) / scaling.deviation);
}

}  // namespace retrograph
