#pragma once

#include "../numbers.hpp"
#include "buffer.hpp"
#include "product.hpp"

namespace BY_HAND_NAMESPACE {

using by_hand::Buffer;

/// Rows left empty between panels, which would fall on the same lines of the caches otherwise.
inline constexpr int apart = 12;

inline std::size_t size(int rows, int columns = 1) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// A matrix of so many rows lies in panels of `width` columns.
inline float* panel(Buffer& matrix, int rows, int index) {
  return matrix.data() + size(rows + apart, width) * size(index);
}

struct Layer {
  Layer(int in, int out, int batch)
      : inputs{in},
        units{out},
        weights(size(in + apart, out)),
        bias(size(out)),
        outputs(size(2 * batch + apart, out)),
        deltas(size(batch + apart, out)),
        deltas_transposed(size(batch, out)) {}

  void reset(std::uint64_t stream) {
    bench::Stream source{stream};
    const auto bound = bench::he_bound(inputs);
    for (int row = 0; row < inputs; ++row)
      for (int column = 0; column < units; ++column)
        weights[size(column / width * (inputs + apart) + row, width) + size(column % width)] =
            bound * source.uniform();
    bias.clear();
  }

  int inputs, units;
  Buffer weights, bias;    // in panels, as all matrices here but the images
  Buffer outputs, deltas;  // deltas times -rate / batch
  Buffer deltas_transposed;
};

/// relu(x weights + bias) for one row: several panels at once, so that additions overlap. The units fill
/// whole groups of panels.
inline void multiply_row(const float* x, Layer& layer, float* result) {
  constexpr int panels = 4;
  for (int index = 0; index < layer.units / width; index += panels) {
    Vector sums[panels][tile_vectors] = {};
    for (int i = 0; i < layer.inputs; ++i)
#pragma GCC unroll 8
      for (int p = 0; p < panels; ++p)
#pragma GCC unroll 8
        for (int v = 0; v < tile_vectors; ++v)
          sums[p][v] += x[i] * load(panel(layer.weights, layer.inputs, index + p) + i * width + v * lanes);
    for (int p = 0; p < panels; ++p)
      for (int v = 0; v < tile_vectors; ++v) {
        const auto place = (index + p) * width + v * lanes;
        store(maximum(sums[p][v] + load(layer.bias.data() + place), Vector{}), result + place);
      }
  }
}

/// x weights + bias for one row and few columns: several parts of x at once. Their number divides `inputs`.
template <int columns>
void multiply_row(const float* x, const float* weights, int inputs, const float* bias, float* result) {
  constexpr int parts = 8;
  for (int v = 0; v < columns; v += lanes) {
    Vector sums[parts] = {load(bias + v)};
    for (int i = 0; i < inputs; i += parts)
#pragma GCC unroll 8
      for (int part = 0; part < parts; ++part)
        sums[part] += x[i + part] * load(weights + (i + part) * columns + v);
    for (int part = 1; part < parts; ++part) sums[0] += sums[part];
    store(sums[0], result + v);
  }
}

inline void transpose(const float* from, float* to) {
  for (int row = 0; row < width; ++row)
    for (int column = 0; column < width; ++column) to[column * width + row] = from[row * width + column];
}

inline void transpose_where_active(const float* from, const float* active, float* to) {
  alignas(64) float transposed[width * width];
  transpose(from, transposed);
  for (int i = 0; i < width * width; i += lanes)
    store(load(active + i) > 0 ? load(transposed + i) : Vector{}, to + i);
}

}  // namespace BY_HAND_NAMESPACE
