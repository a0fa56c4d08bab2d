#include <retrograph/models/data/standardize.hpp>

#include <cmath>

namespace retrograph {
namespace {

struct Moments {
  double mean, deviation;
};

Moments moments_of(std::span<const float> numbers) {
  double sum = 0, squares = 0;
  for (const double number : numbers) {
    sum += number;
    squares += number * number;
  }
  const auto count = static_cast<double>(numbers.size()), mean = sum / count;
  return {mean, std::sqrt(squares / count - mean * mean)};
}

}  // namespace

void standardize(Mnist& data) {
  const auto [mean, deviation] = moments_of(std::as_const(data.train.images).values<float>());
  if (!(deviation > 0)) throw DataError{"images that are all alike cannot be scaled to variance 1"};
  for (auto* dataset : {&data.train, &data.test})
    for (auto& number : dataset->images.values<float>())
      number = static_cast<float>((number - mean) / deviation);
}

}  // namespace retrograph
