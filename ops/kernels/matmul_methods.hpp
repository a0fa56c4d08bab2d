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

/// What a factor is in a call.
template <class T>
T value(const Factor& factor, const Call& call) {
  if constexpr (std::floating_point<T>) {
    const auto number = factor.operand ? *call.input(*factor.operand).values<T>() : T{1};
    return factor.negative ? -number : number;
  } else {
    return 1;
  }
}

/// With the product's own result as result `result` of the call.
template <class T>
ProductOperands<T> operands_of(const MatrixProduct& product, const Call& call, std::size_t result = 0) {
  return {call.input(0).values<T>(),
          call.input(1).values<T>(),
          product.addend == Addend::none ? nullptr : call.input(2).values<T>(),
          call.output(result).values<T>(),
          value<T>(product.factor, call),
          value<T>(product.addend_factor, call)};
}

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
  /// Of the sums of a tile, `count` terms from `first` on alone.
  void compute_terms(std::int64_t slot, std::size_t tile, std::int64_t first, std::int64_t count,
                     const ProductOperands<T>& operands) const;

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
