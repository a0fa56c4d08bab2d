#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>

#include <span>

namespace retrograph {

// Ways to compute a product of matrices, of which matmul_kernel.cpp chooses one. No extent is 0.

/// A rectangle of a result, computed by one thread.
struct Tile {
  std::int64_t row, column, rows, columns;
};

/// oneDNN's product, on the thread that calls it. Several slots may be in use at once.
class OneDnnMethod {
 public:
  OneDnnMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots);
  ~OneDnnMethod();
  OneDnnMethod(OneDnnMethod&&) noexcept;

  /// Of one matrix each: the places of their first numbers.
  void compute(std::int64_t slot, std::size_t tile, const float* a, const float* b, const float* bias,
               float* y) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// A product of our own in blocks for the caches, for the dtypes that oneDNN has no product of.
template <Number T>
class BlockedMethod {
 public:
  BlockedMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots);
  void compute(std::int64_t slot, std::size_t tile, const T* a, const T* b, const T* bias, T* y) const;

 private:
  MatrixProduct product_;
  std::vector<Tile> tiles_;
  mutable std::vector<Array> packed_a_, packed_b_;  // one a slot
};

/// Plain loops for a product in which rows, columns or inner is 1: it reads each number once, so that what a
/// library does to prepare for reading numbers again costs more than the product itself.
template <std::floating_point T>
class VectorMethod {
 public:
  VectorMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots);
  void compute(std::int64_t slot, std::size_t tile, const T* a, const T* b, const T* bias, T* y) const;

 private:
  MatrixProduct product_;
  std::vector<Tile> tiles_;
};

}  // namespace retrograph
