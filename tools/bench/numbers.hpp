#pragma once

#include <cmath>
#include <cstdint>
#include <span>

/// The numbers that every program of the comparison starts from, so that they must come to the same results.
namespace bench {

/// Numbers in [-1, 1), number i of stream s depending on i and s alone (SplitMix64).
class Stream {
 public:
  explicit Stream(std::uint64_t number) : state_{number * 0x9E3779B97F4A7C15u} {}

  std::uint64_t bits() {
    auto z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  float uniform() { return static_cast<float>(bits() >> 40) * 0x1p-23f - 1; }

 private:
  std::uint64_t state_;
};

/// Numbers in [middle - scale, middle + scale).
inline void fill(std::span<float> numbers, std::uint64_t stream, float scale, float middle = 0) {
  Stream source{stream};
  for (auto& number : numbers) number = middle + scale * source.uniform();
}

inline constexpr int pixels = 784, classes = 10, samples = 60'000;
inline constexpr float learning_rate = 0.1f;
/// Of the workload `lesson`. At 0.1 its single steps are so large that rounding alone leads to another
/// result.
inline constexpr float lesson_rate = 0.01f;

/// Of the workload `lenet`, and Adam's other constants.
inline constexpr float lenet_rate = 0.001f, adam_beta1 = 0.9f, adam_beta2 = 0.999f, adam_epsilon = 1e-8f;
/// Its result is of the first samples alone: Adam makes whole steps of small gradients, of which much is
/// rounding, so that after some hundred steps rounding alone parts two trainings by more than 1e-3.
inline constexpr int lenet_judged = 6'400;

/// What stands in for the digits where there are none: pixels of mean 0 and variance 1, or from 0 to 1.
inline void fill_random_images(std::span<float> images, bool standardized) {
  fill(images, 100, standardized ? std::sqrt(3.0f) : 0.5f, standardized ? 0.0f : 0.5f);
}
inline void fill_random_labels(std::span<std::int32_t> labels) {
  Stream source{101};
  for (auto& label : labels) label = static_cast<std::int32_t>(source.bits() % classes);
}

/// Operations of the products of an epoch: forward, the gradient of the weights, and that of each layer's
/// input but for the images. `first` and `others` are the weights of the first layer and of all others.
constexpr double training_flop(double first, double others) {
  return 2.0 * samples * (2 * first + 3 * others);
}
inline constexpr double mlp_flop = training_flop(784 * 128, 128 * 10);
inline constexpr double lesson_flop = training_flop(784 * 30, 30 * 10);
inline constexpr double wide_flop = training_flop(784 * 1024, 1024 * 1024 + 1024 * 10);
inline constexpr double lenet_flop =
    training_flop(28 * 28 * 6 * 25, 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10);
inline constexpr double flop_of_row = 2.0 * (784 * 128 + 128 * 10);

/// How far the weights [inputs, units] of layer l (from 0) of a net reach: He's bound before a ReLU, Glorot's
/// before another function, little in the last layer. Their stream is l + 1; biases start at 0. Likewise the
/// weights [filters, channels, height, width] of a convolution, of which each unit has as many inputs as its
/// kernel has numbers.
inline float he_bound(int inputs) {
  return std::sqrt(6.0f / static_cast<float>(inputs));
}
inline float glorot_bound(int inputs, int units) {
  return std::sqrt(6.0f / static_cast<float>(inputs + units));
}
inline constexpr float last_bound = 0.01f;

/// The workload `branches`: x [extent, extent] is stream 1 and the upstream gradient stream 2, at scale 1;
/// the weights of product p of branch b are stream 3 + b * products + p.
inline constexpr int branches = 8, products = 4, extent = 256;
inline constexpr double branches_flop = 3.0 * branches * products * 2 * extent * extent * extent;
inline float branch_bound() {
  return std::sqrt(3.0f / static_cast<float>(extent));
}

/// The workload `overhead`: y <- y + x `adds` times from y = x, then the gradient of sum(y * upstream) by x.
/// x is stream 1, upstream stream 2, at scale 1.
inline constexpr int adds = 1000, add_extent = 16;

/// The workload `elementwise`: x [rows, columns] is stream 1 at scale 2. Row vectors [columns] are streams
/// 10, 11, ... and column vectors [rows, 1] streams 20, 21, ..., each 1 + numbers at scale 1/2:
///
///     y = relu((x * r0 + c0) * r1 + r2)             5 ops
///     y = sigmoid(y * c1 - r3) * r4 + c2            5
///     y = sqrt(square(y * r5) + r6) * c3            5
///     y = relu(y + r7 - c4) * r0 + c0               5
///
/// and the gradient of sum(y) by x.
inline constexpr int elementwise_rows = 10'000, elementwise_columns = 1'000;
inline constexpr int row_vectors = 8, column_vectors = 5;

}  // namespace bench
