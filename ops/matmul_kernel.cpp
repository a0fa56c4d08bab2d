#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/matmul_kernel.hpp>

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

namespace retrograph {
namespace {

/// Integers wrap around: their products are those of the unsigned type.
template <class T>
struct Arithmetic {
  using type = T;
};
template <std::integral T>
struct Arithmetic<T> {
  using type = std::make_unsigned_t<T>;
};

template <class T>
using ConstMatrix =
    Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, Eigen::Unaligned>;
template <class T>
using Matrix =
    Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, Eigen::Unaligned>;

template <class T>
class EigenKernel final : public Kernel {
 public:
  explicit EigenKernel(MatrixProduct product)
      : product_{std::move(product)},
        batch_{Signature{{{DType::float32, product_.batch_a}, {DType::float32, product_.batch_b}},
                         {{DType::float32, product_.batch}}}} {}

  void run(const Call& call) const override {
    using A = typename Arithmetic<T>::type;
    const auto* a = reinterpret_cast<const A*>(call.input(0).values<T>());
    const auto* b = reinterpret_cast<const A*>(call.input(1).values<T>());
    const auto* bias = product_.bias ? reinterpret_cast<const A*>(call.input(2).values<T>()) : nullptr;
    auto* y = reinterpret_cast<A*>(call.output(0).values<T>());
    if (batch_.size() == 0) return;
    const auto size_a = product_.rows * product_.inner, size_b = product_.inner * product_.columns;
    const auto size_y = product_.rows * product_.columns;
    batch_.walk<2>(0, batch_.size(), [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
      for (std::int64_t i = 0; i < count; ++i)
        multiply(a + (offsets[0] + (batch_.moves(0) ? i : 0)) * size_a,
                 b + (offsets[1] + (batch_.moves(1) ? i : 0)) * size_b, bias, y + (begin + i) * size_y);
    });
  }

 private:
  template <class A>
  void multiply(const A* a, const A* b, const A* bias, A* y) const {
    const auto [m, n, k] = std::array{product_.rows, product_.columns, product_.inner};
    const auto ta = product_.transpose_a, tb = product_.transpose_b;
    const ConstMatrix<A> left{a, ta ? k : m, ta ? m : k}, right{b, tb ? n : k, tb ? k : n};
    Matrix<A> result{y, m, n};
    if (!ta && !tb)
      result.noalias() = left * right;
    else if (!ta)
      result.noalias() = left * right.transpose();
    else if (!tb)
      result.noalias() = left.transpose() * right;
    else
      result.noalias() = left.transpose() * right.transpose();
    if (bias) result.rowwise() += ConstMatrix<A>{bias, 1, n}.row(0);
  }

  MatrixProduct product_;
  BroadcastLoop batch_;
};

}  // namespace

std::int64_t MatrixProduct::operation_count() const {
  return 2 * rows * columns * inner * element_count(batch);
}

double cost(const MatrixProduct& product) {
  return static_cast<double>(product.operation_count()) / 10;
}

template <Number T>
std::unique_ptr<Kernel> prepare(MatrixProduct product) {
  return std::make_unique<EigenKernel<T>>(std::move(product));
}
template std::unique_ptr<Kernel> prepare<float>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<double>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<std::int32_t>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<std::int64_t>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<std::uint8_t>(MatrixProduct);

}  // namespace retrograph
