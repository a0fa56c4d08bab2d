#include <retrograph/ops/matmul_methods.hpp>

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

namespace retrograph {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A part of a matrix whose rows are `stride` apart.
template <class T>
auto part(const T* first, std::int64_t rows, std::int64_t columns, std::int64_t stride) {
  return Eigen::Map<const Matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>{first, rows, columns,
                                                                             Eigen::OuterStride<>{stride}};
}
template <class T>
auto part(T* first, std::int64_t rows, std::int64_t columns, std::int64_t stride) {
  return Eigen::Map<Matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>{first, rows, columns,
                                                                       Eigen::OuterStride<>{stride}};
}

template <class T>
void multiply(const MatrixProduct& product, const Tile& tile, const T* a, const T* b, const T* bias, T* y) {
  const auto k = product.inner, n = product.columns;
  auto result = part(y + tile.row * n + tile.column, tile.rows, tile.columns, n);
  const auto by_b = [&](const auto& left) {
    if (product.transpose_b)
      result.noalias() = left * part(b + tile.column * k, tile.columns, k, k).transpose();
    else
      result.noalias() = left * part(b + tile.column, k, tile.columns, n);
  };
  if (product.transpose_a)
    by_b(part(a + tile.row, k, tile.rows, product.rows).transpose());
  else
    by_b(part(a + tile.row * k, tile.rows, k, k));
  if (bias) result.rowwise() += part(bias + tile.column, 1, tile.columns, tile.columns).row(0);
}

}  // namespace

template <Number T>
EigenMethod<T>::EigenMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t)
    : product_{product}, tiles_{tiles.begin(), tiles.end()} {}

template <Number T>
void EigenMethod<T>::compute(std::int64_t, std::size_t tile, const T* a, const T* b, const T* bias,
                             T* y) const {
  using W = typename Wrapping<T>::type;
  multiply(product_, tiles_[tile], reinterpret_cast<const W*>(a), reinterpret_cast<const W*>(b),
           reinterpret_cast<const W*>(bias), reinterpret_cast<W*>(y));
}

template class EigenMethod<double>;
template class EigenMethod<std::int32_t>;
template class EigenMethod<std::int64_t>;
template class EigenMethod<std::uint8_t>;

}  // namespace retrograph
