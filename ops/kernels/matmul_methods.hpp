#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>
#include <retrograph/ops/kernels/narrow_rows.hpp>

#include <span>

namespace retrograph {

// Ways to compute a product of matrices, of which matmul_kernel.cpp chooses one. No extent is 0.

/// A rectangle of a result, computed by one thread.
struct Tile {
  std::int64_t row, column, rows, columns;
};

/// Where the first numbers of one product's matrices are, and what its parts are multiplied by.
template <class T>
struct ProductOperands {
  const T *a, *b, *addend;  // the last is null if there is none
  T* y;
  T factor = 1, addend_factor = 1;
};

/// oneDNN's product, on the thread that calls it. Several slots may be in use at once.
class OneDnnMethod {
 public:
  OneDnnMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots);
  ~OneDnnMethod();
  OneDnnMethod(OneDnnMethod&&) noexcept;

  void compute(std::int64_t slot, std::size_t tile, const ProductOperands<float>& operands) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// A product of our own in blocks for the caches.
template <Number T>
class BlockedMethod {
 public:
  BlockedMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots);
  void compute(std::int64_t slot, std::size_t tile, const ProductOperands<T>& operands) const;

 private:
  MatrixProduct product_;
  std::vector<Tile> tiles_;
  mutable std::vector<Array> packed_;  // a strip of b; one a slot
};

/// Plain loops for a product in which rows, columns or inner is 1: it reads each number once, so that what a
/// library does to prepare for reading numbers again costs more than the product itself.
template <std::floating_point T>
class VectorMethod {
 public:
  VectorMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots);
  void compute(std::int64_t slot, std::size_t tile, const ProductOperands<T>& operands) const;

 private:
  void add_matrix(std::int64_t slot, const Tile& tile, const ProductOperands<T>& operands) const;

  MatrixProduct product_;
  std::vector<Tile> tiles_;
  NarrowRows<T> narrow_;
  mutable std::vector<Array> products_;  // one a slot, where a matrix is added to them
};

}  // namespace retrograph
