#pragma once

#include "../numbers.hpp"
#include "layer.hpp"
#include "softmax.hpp"
#include "team.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace BY_HAND_NAMESPACE {

using by_hand::Buffer;
using by_hand::Team;

/// A net of ReLU layers and ten classes, trained by descent. Each step has two parts: the threads go forward
/// and backward through halves of the batch, then each updates half of the rows of the weights, the descent
/// being part of the product that makes the gradient.
class Perceptron {
 public:
  /// Hidden layers of multiples of 32 units; batches of at most `batch` rows, in multiples of 32.
  Perceptron(std::vector<int> hidden, int batch) : batch_{batch} {
    int inputs = bench::pixels;
    for (const auto units : hidden) {
      layers_.emplace_back(inputs, units, batch);
      row_.emplace_back(size(units));
      inputs = units;
    }
    last_inputs_ = inputs;
    last_weights_ = Buffer(size(inputs, class_width));
    last_transposed_ = Buffer(size(bench::classes + apart, inputs));
    last_bias_ = Buffer(class_width);
    logits_ = Buffer(size(batch, class_width));
    products_ = Buffer(size(batch, width));
    logit_deltas_ = Buffer(size(batch, class_width));
    reset();
  }

  /// The weights that training starts from.
  void reset() {
    std::uint64_t stream = 1;
    for (auto& layer : layers_) layer.reset(stream++);
    bench::Stream source{stream};
    for (int row = 0; row < last_inputs_; ++row)
      for (int column = 0; column < bench::classes; ++column)
        last_weights_[size(row, class_width) + size(column)] = bench::last_bound * source.uniform();
    for (int column = 0; column < class_width; ++column)
      last_bias_[size(column)] = column < bench::classes ? 0 : no_class;
    transpose_last(0, last_inputs_);
  }

  /// One pass over the rows; the mean loss of all of them, each judged before its own step.
  double train(Team& team, const float* images, const std::int32_t* labels, int rows) {
    double losses[2][8] = {};  // a line of the cache apart
    team.run([&](int thread) {
      for (int first = 0; first < rows; first += batch_)
        losses[thread][0] += step(team, thread, images + std::int64_t{first} * bench::pixels, labels + first,
                                  std::min(batch_, rows - first));
    });
    return (losses[0][0] + losses[1][0]) / rows;
  }

  /// The logits of all rows, [rows, 16], of which the first ten columns count.
  void forward(Team& team, const float* images, int rows, float* logits) {
    if (rows == 1) return forward_row(images, logits);
    team.run([&](int thread) {
      const auto middle = team.threads() == 1 ? rows : rows / 2;
      const auto end = thread == 0 ? middle : rows;
      for (int first = thread == 0 ? 0 : middle; first < end; first += batch_) {
        const auto count = std::min(batch_, end - first);
        const int begin = thread * batch_;  // each thread in buffers of its own
        forward_layers(images + (std::int64_t{first} - begin) * bench::pixels, begin, begin + count);
        multiply_last(begin, begin + count, logits + (std::int64_t{first} - begin) * class_width);
      }
    });
  }

 private:
  static constexpr int class_width = 16;
  static constexpr int class_vectors = class_width / lanes;

  double step(Team& team, int thread, const float* images, const std::int32_t* labels, int rows) {
    const auto middle = team.threads() == 1 ? rows : (rows + 2 * width - 1) / (2 * width) * width;
    const auto begin = thread == 0 ? 0 : middle, end = thread == 0 ? middle : rows;
    forward_layers(images, begin, end);
    multiply_last(begin, end, logits_.data());
    const auto loss = softmax_cross_entropy<class_width>(logits_.data(), labels, begin, end,
                                                         -bench::learning_rate / static_cast<float>(rows),
                                                         logit_deltas_.data());
    backward_last(begin, end);
    for (auto layer = layers_.size() - 1; layer > 0; --layer) backward(layer, begin, end);
    team.barrier();
    update(team.threads(), thread, images, rows);
    team.barrier();
    return loss;
  }

  float* outputs(Layer& layer, int index) const { return panel(layer.outputs, batch_of_outputs(), index); }
  float* deltas(Layer& layer, int index) const { return panel(layer.deltas, batch_, index); }
  int batch_of_outputs() const { return 2 * batch_; }

  void forward_row(const float* x, float* logits) {
    for (std::size_t index = 0; index < layers_.size(); ++index) {
      multiply_row(x, layers_[index], row_[index].data());
      x = row_[index].data();
    }
    multiply_row<class_width>(x, last_weights_.data(), last_inputs_, last_bias_.data(), logits);
  }

  void forward_layers(const float* images, int begin, int end) {
    forward_layer(layers_[0], begin, end, [&](int row) {
      return Left<bench::pixels, 1>{images + std::int64_t{row} * bench::pixels, bench::pixels};
    });
    for (std::size_t index = 1; index < layers_.size(); ++index)
      forward_layer(layers_[index], begin, end,
                    [&](int row) { return outputs_as_left(layers_[index - 1], row); });
  }

  Left<width, 1> outputs_as_left(Layer& layer, int row) const {
    return {outputs(layer, 0) + size(row, width), width, layer.units / width,
            std::int64_t{batch_of_outputs() + apart} * width};
  }

  template <class LeftOfRow>
  void forward_layer(Layer& layer, int begin, int end, const LeftOfRow& left) {
    for (int index = 0; index < layer.units / width; ++index) {
      const auto* weights = panel(layer.weights, layer.inputs, index);
      const auto* bias = layer.bias.data() + index * width;
      auto* result = outputs(layer, index);
      for_tiles<tile_rows>(begin, end, [&]<int rows>(int first) {
        multiply_tile<rows, tile_vectors>(
            left(first), weights, [&](int, int v) { return load(bias + v * lanes); },
            [&](int row, int v, Vector sum) {
              store(maximum(sum, Vector{}), result + size(first + row, width) + v * lanes);
            });
      });
    }
  }

  void multiply_last(int begin, int end, float* logits) {
    for_tiles<tile_rows>(begin, end, [&]<int rows>(int first) {
      multiply_tile<rows, class_vectors>(
          outputs_as_left(layers_.back(), first), last_weights_.data(),
          [&](int, int v) { return load(last_bias_.data() + v * lanes); },
          [&](int row, int v, Vector sum) {
            store(sum, logits + std::int64_t{first + row} * class_width + v * lanes);
          });
    });
  }

  void backward_last(int begin, int end) {
    auto& layer = layers_.back();
    for (int index = 0; index < layer.units / width; ++index) {
      const auto* weights = panel(last_transposed_, bench::classes, index);
      const auto* active = outputs(layer, index);
      auto* result = deltas(layer, index);
      for_tiles<tile_rows>(begin, end, [&]<int rows>(int first) {
        const Left<class_width, 1> left{logit_deltas_.data() + size(first, class_width), bench::classes};
        multiply_tile<rows, tile_vectors>(
            left, weights, [](int, int) { return Vector{}; },
            [&](int row, int v, Vector sum) {
              const auto place = size(first + row, width) + size(v, lanes);
              store(load(active + place) > 0 ? sum : Vector{}, result + place);
            });
      });
    }
  }

  /// deltas of layer - 1 = (deltas weights^T) where it was active, as (weights deltas^T)^T, since the deltas
  /// are the smaller of the two to be transposed. Tiles of weights are read once for all rows of the batch.
  void backward(std::size_t index, int begin, int end) {
    auto& layer = layers_[index];
    auto& below = layers_[index - 1];
    for (int rows = begin; rows < end; rows += width)
      for (int p = 0; p < layer.units / width; ++p)
        transpose(deltas(layer, p) + size(rows, width), transposed(layer, rows) + size(p * width, width));
    for (int i = 0; i < layer.inputs / width; ++i) {
      for_unit_tiles(i * width, (i + 1) * width, [&]<int tile>(int first) {
        const Left<width, 1> left{layer.weights.data() + size(first, width), width, layer.units / width,
                                  std::int64_t{layer.inputs + apart} * width};
        for (int rows = begin; rows < end; rows += width) {
          auto* products = products_.data() + size(rows, width) + size(first - i * width, width);
          multiply_tile<tile, tile_vectors>(
              left, transposed(layer, rows), [](int, int) { return Vector{}; },
              [&](int row, int v, Vector sum) { store(sum, products + row * width + v * lanes); });
        }
      });
      for (int rows = begin; rows < end; rows += width)
        transpose_where_active(products_.data() + size(rows, width), outputs(below, i) + size(rows, width),
                               deltas(below, i) + size(rows, width));
    }
  }

  /// The deltas of `width` rows of the batch, [units, width].
  static float* transposed(Layer& layer, int rows) {
    return layer.deltas_transposed.data() + size(rows, layer.units);
  }

  void update(int threads, int thread, const float* images, int rows) {
    const auto share = [&](int count, int grain) {
      const auto grains = count / grain, middle = threads == 1 ? grains : grains / 2;
      return thread == 0 ? std::pair{0, middle * grain} : std::pair{middle * grain, count};
    };
    const auto [first_pixel, last_pixel] = share(bench::pixels, tile_rows);
    for_tiles<tile_rows>(first_pixel, last_pixel, [&]<int tile>(int pixel) {
      update_rows<tile>(layers_[0], pixel, Left<1, bench::pixels>{images + pixel, rows});
    });
    for (std::size_t index = 1; index < layers_.size(); ++index) {
      const auto [first, last] = share(layers_[index].inputs, width);
      for_unit_tiles(first, last, [&]<int tile>(int unit) {
        update_rows<tile>(layers_[index], unit, units_as_left(layers_[index - 1], unit, rows));
      });
    }
    const auto [first, last] = share(last_inputs_, width);
    for_unit_tiles(first, last, [&]<int tile>(int unit) { update_last<tile>(unit, rows); });
    transpose_last(first, last);
    for (auto& layer : layers_) {
      const auto [begin, end] = share(layer.units, width);
      update_bias(layer, begin, end, rows);
    }
    if (thread == 0) update_last_bias(rows);
  }

  /// Tiles that keep within a panel.
  template <class Body>
  static void for_unit_tiles(int begin, int end, const Body& body) {
    constexpr int rows = lanes == 16 ? 12 : 6;
    for (; begin < end; begin += width) for_tiles<rows>(begin, begin + width, body);
  }

  Left<1, width> units_as_left(Layer& layer, int unit, int rows) const {
    return {outputs(layer, unit / width) + unit % width, rows};
  }

  template <int tile, class AnyLeft>
  void update_rows(Layer& layer, int first, const AnyLeft& left) {
    for (int index = 0; index < layer.units / width; ++index) {
      auto* weights = panel(layer.weights, layer.inputs, index) + size(first, width);
      multiply_tile<tile, tile_vectors>(
          left, deltas(layer, index), [&](int row, int v) { return load(weights + row * width + v * lanes); },
          [&](int row, int v, Vector sum) { store(sum, weights + row * width + v * lanes); });
    }
  }

  template <int tile>
  void update_last(int unit, int rows) {
    multiply_tile<tile, class_vectors>(
        units_as_left(layers_.back(), unit, rows), logit_deltas_.data(), [](int, int) { return Vector{}; },
        [&](int row, int v, Vector sum) {
          auto* place = last_weights_.data() + size(unit + row, class_width) + v * lanes;
          store(load(place) + sum, place);
        });
  }

  void transpose_last(int first, int last) {
    for (int unit = first; unit < last; ++unit) {
      auto* column = panel(last_transposed_, bench::classes, unit / width) + unit % width;
      for (int c = 0; c < bench::classes; ++c)
        column[c * width] = last_weights_[size(unit, class_width) + size(c)];
    }
  }

  void update_bias(Layer& layer, int begin, int end, int rows) {
    for (int index = begin / width; index < end / width; ++index) {
      const auto* column = deltas(layer, index);
      Vector sums[tile_vectors] = {};
      for (int row = 0; row < rows; ++row)
        for (int v = 0; v < tile_vectors; ++v) sums[v] += load(column + row * width + v * lanes);
      for (int v = 0; v < tile_vectors; ++v) {
        auto* place = layer.bias.data() + index * width + v * lanes;
        store(load(place) + sums[v], place);
      }
    }
  }

  void update_last_bias(int rows) {
    for (int v = 0; v < class_vectors; ++v) {
      Vector sum{};
      for (int row = 0; row < rows; ++row) sum += load(logit_deltas_.data() + row * class_width + v * lanes);
      store(load(last_bias_.data() + v * lanes) + sum, last_bias_.data() + v * lanes);
    }
  }

  int batch_, last_inputs_ = 0;
  std::vector<Layer> layers_;
  Buffer last_weights_, last_transposed_, last_bias_;  // [inputs, 16], its transpose in panels
  Buffer logits_, logit_deltas_;
  std::vector<Buffer> row_;  // the outputs of each layer for one image
  Buffer products_;          // of weights and deltas^T, [batch / width, width, width]
};

}  // namespace BY_HAND_NAMESPACE
