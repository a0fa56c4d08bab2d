#pragma once

#include "../numbers.hpp"
#include "buffer.hpp"
#include "product.hpp"
#include "team.hpp"

#include <vector>

namespace BY_HAND_NAMESPACE {

using by_hand::Buffer;
using by_hand::Team;

/// Chains of products from one input, summed, and the gradients of input and weights; a thread has half of
/// the chains. Backward goes through transposed matrices, D^T = W D^T, which needs no transposing on the way:
/// the gradients come out transposed.
class Branches {
 public:
  Branches() {
    fill(x_, 1, 1, false);
    fill(upstream_, 2, 1, true);
    fill(upstream_rows_, 2, 1, false);
    for (std::uint64_t index = 0; index < chains * length; ++index) {
      fill(weights_.emplace_back(count), 3 + index, bench::branch_bound(), false);
      values_.emplace_back(count);
      gradients_.emplace_back(count);
    }
    for (int i = 0; i < 4; ++i) deltas_.emplace_back(count);
    for (int i = 0; i < chains; ++i) input_gradients_.emplace_back(count);
  }

  void run(Team& team) {
    double sums[2][8] = {};  // a line of the cache apart
    team.run([&](int thread) {
      const auto middle = team.threads() == 1 ? chains : chains / 2;
      for (int chain = thread == 0 ? 0 : middle; chain < (thread == 0 ? middle : chains); ++chain)
        run_chain(chain, thread);
      team.barrier();
      sums[thread][0] = sum_chains(team.threads(), thread);
    });
    loss_ = sums[0][0] + sums[1][0];
  }

  /// The loss and the sizes of the elements of two gradients, summed.
  double result() {
    double sum = loss_;
    for (const auto number : gradients_[0].span()) sum += std::abs(number);
    for (const auto number : input_gradient_.span()) sum += std::abs(number);
    return sum;
  }

 private:
  static constexpr int extent = bench::extent, chains = bench::branches, length = bench::products;
  static constexpr std::size_t count = std::size_t{extent} * extent;

  static std::size_t place(int row, int column) {
    return (static_cast<std::size_t>(column / width) * extent + static_cast<std::size_t>(row)) * width +
           static_cast<std::size_t>(column % width);
  }

  static void fill(Buffer& matrix, std::uint64_t stream, float scale, bool transposed) {
    bench::Stream source{stream};
    for (int row = 0; row < extent; ++row)
      for (int column = 0; column < extent; ++column)
        matrix[transposed ? place(column, row) : place(row, column)] = scale * source.uniform();
  }

  static void multiply(const Buffer& a, const Buffer& b, Buffer& result) {
    for (int panel = 0; panel < extent / width; ++panel) {
      const auto first_of_panel = static_cast<std::size_t>(panel) * extent * width;
      for_tiles<tile_rows>(0, extent, [&]<int rows>(int first) {
        const Left<width, 1> left{a.data() + first * width, width, extent / width, extent * width};
        multiply_tile<rows, tile_vectors>(
            left, b.data() + first_of_panel, [](int, int) { return Vector{}; },
            [&](int row, int v, Vector sum) {
              store(sum, result.data() + first_of_panel +
                             static_cast<std::size_t>((first + row) * width + v * lanes));
            });
      });
    }
  }

  void run_chain(int chain, int thread) {
    const auto at = [&](int product) { return static_cast<std::size_t>(chain * length + product); };
    for (int i = 0; i < length; ++i)
      multiply(i == 0 ? x_ : values_[at(i - 1)], weights_[at(i)], values_[at(i)]);
    const auto* delta = &upstream_;
    for (int i = length - 1; i >= 0; --i) {
      multiply(*delta, i == 0 ? x_ : values_[at(i - 1)], gradients_[at(i)]);  // (x^T d)^T = d^T x
      auto& next = i == 0 ? input_gradients_[static_cast<std::size_t>(chain)]
                          : deltas_[static_cast<std::size_t>(2 * thread + i % 2)];
      multiply(weights_[at(i)], *delta, next);  // (d w^T)^T = w d^T
      delta = &next;
    }
  }

  double sum_chains(int threads, int thread) {
    Vector loss{};
    const auto half = threads == 1 ? count : count / 2;
    for (auto i = thread == 0 ? 0 : half; i < (thread == 0 ? half : count); i += lanes) {
      Vector output{}, gradient{};
      for (int chain = 0; chain < chains; ++chain) {
        output += load(values_[static_cast<std::size_t>(chain * length + length - 1)].data() + i);
        gradient += load(input_gradients_[static_cast<std::size_t>(chain)].data() + i);
      }
      loss += output * load(upstream_rows_.data() + i);
      store(output, output_.data() + i);
      store(gradient, input_gradient_.data() + i);
    }
    double sum = 0;
    for (int lane = 0; lane < lanes; ++lane) sum += loss[lane];
    return sum;
  }

  Buffer x_{count}, upstream_rows_{count}, output_{count};
  Buffer upstream_{count}, input_gradient_{count};  // transposed, as all gradients
  double loss_ = 0;                                 // the sum of output * upstream
  std::vector<Buffer> weights_, values_, gradients_, input_gradients_, deltas_;
};

}  // namespace BY_HAND_NAMESPACE
