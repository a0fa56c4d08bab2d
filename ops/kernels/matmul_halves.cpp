#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/matmul_halves.hpp>

namespace retrograph {
namespace {

/// Measured, steps of training 784-128 and 784-800 at batches from 2 to 64 on two threads: 0.4 to 0.8 of the
/// time where the processors exchange memory slowly, else 0.96 to 1. At larger batches, and on one thread,
/// nothing changes.
constexpr std::int64_t least_terms = 512, least_terms_of_row = 8, least_columns = 64;

template <class T>
struct Addition {
  template <int>
  struct Loop {
    [[gnu::always_inline]] static void run(T* y, const T* x, std::int64_t count) {
      for (std::int64_t i = 0; i < count; ++i) y[i] += x[i];
    }
  };
};

}  // namespace

template <std::floating_point T>
bool HalvedSumsKernel<T>::suits(const MatrixProduct& product) {
  return !product.transpose_a && !product.transpose_b && element_count(product.batch) == 1 &&
         product.columns >= least_columns && product.inner >= least_terms &&
         product.inner >= least_terms_of_row * product.rows;
}

template <std::floating_point T>
HalvedSumsKernel<T>::HalvedSumsKernel(const MatrixProduct& product)
    : product_{product},
      method_{product, std::array{Tile{0, 0, product.rows, product.columns}}, 2},
      second_half_{Array::uninitialized({dtype_of<T>(), {product.rows, product.columns}})} {}

template <std::floating_point T>
void HalvedSumsKernel<T>::run(const Call& call) const {
  const auto operands = operands_of<T>(product_, call, result_);
  auto operands_of_second = operands;
  operands_of_second.y = second_half_.template values<T>().data();
  operands_of_second.addend = nullptr;
  const auto middle = product_.inner / 2 / 16 * 16;  // a line of the cache begins there
  parallel_for_chunks(2, [&](std::int64_t half) {
    if (half == 0)
      method_.compute_terms(0, 0, 0, middle, operands);
    else
      method_.compute_terms(1, 0, middle, product_.inner - middle, operands_of_second);
  });
  parallel_for_chunks(2, [&](std::int64_t half) {
    const auto first = product_.rows * half / 2, end = product_.rows * (half + 1) / 2;
    add_second_half(call, operands.y, first, end - first);
  });
}

template <std::floating_point T>
void HalvedSumsKernel<T>::add_second_half(const Call& call, T* y, std::int64_t first_row,
                                          std::int64_t rows) const {
  const auto columns = product_.columns, first = first_row * columns;
  run_on_widest_vectors<Addition<T>::template Loop>(
      y + first, second_half_.template values<T>().data() + first, rows * columns);
  if (epilogue_) epilogue_->run(call, first, rows, columns, columns);
}

template <std::floating_point T>
bool HalvedSumsKernel<T>::end_with(const Epilogue& epilogue, std::size_t result) {
  epilogue_ = &epilogue;
  result_ = result;
  return true;
}

template class HalvedSumsKernel<float>;
template class HalvedSumsKernel<double>;

}  // namespace retrograph
