// Products of matrices as the executor calls them, in floating-point operations a second, at 1 and 2 threads.

#include <retrograph/graph/array.hpp>
#include <retrograph/graph/execute/arena.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace retrograph;

struct Case {
  std::string name;
  MatrixProduct product;
};

template <class T>
Array numbers(Extents extents) {
  Array array{std::move(extents), dtype_of<T>()};
  T number = 0;
  for (auto& element : array.values<T>())
    element = number = number < 1 ? number + static_cast<T>(0.01) : T{-1};
  return array;
}

template <class T>
void measure(benchmark::State& state, const MatrixProduct& product) {
  const auto [m, n, k] = std::array{product.rows, product.columns, product.inner};
  const auto a = numbers<T>({m, k}), b = numbers<T>({k, n}), bias = numbers<T>({n});
  Array y{{m, n}, dtype_of<T>()};
  const ConstView inputs[] = {{a.type(), a.size(), a.bytes()},
                              {b.type(), b.size(), b.bytes()},
                              {bias.type(), bias.size(), bias.bytes()}};
  const View outputs[] = {{y.type(), y.size(), y.bytes()}};

  const auto body = [&] {
    const auto kernel = prepare<T>(product);
    const Call call{inputs, outputs, {}, 0};
    for (auto _ : state) kernel->run(call);
  };
  tasks::Arena arena{static_cast<int>(state.range(0))};
  arena.run(body);
  state.counters["flop/s"] =
      benchmark::Counter(2.0 * static_cast<double>(m * n * k), benchmark::Counter::kIsIterationInvariantRate);
}

Case plain(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {"", {m, n, k, false, false}};
}
Case first_transposed(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {"/first_transposed", {m, n, k, true, false}};
}
Case second_transposed(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {"/second_transposed", {m, n, k, false, true}};
}
Case with_bias(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {"/bias", {m, n, k, false, false, Addend::row}};
}

template <class T>
void add(const char* dtype, const std::vector<Case>& cases) {
  for (const auto& [name, product] : cases) {
    const auto title = std::string{dtype} + '/' + std::to_string(product.rows) + 'x' +
                       std::to_string(product.columns) + 'x' + std::to_string(product.inner) + name;
    benchmark::RegisterBenchmark(title.c_str(),
                                 [product = product](benchmark::State& state) { measure<T>(state, product); })
        ->ArgName("threads")
        ->Arg(1)
        ->Arg(2)
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace

int main(int count, char** arguments) {
  // rows x columns x inner: the layers of a perceptron forward and backward, then larger squares, then
  // vectors.
  add<float>("float32", {with_bias(64, 128, 784), first_transposed(784, 128, 64), with_bias(64, 10, 128),
                         first_transposed(128, 10, 64), second_transposed(64, 128, 10), plain(256, 1024, 784),
                         plain(256, 1024, 1024), second_transposed(256, 1024, 1024), plain(1024, 1024, 1024),
                         with_bias(10000, 128, 784), with_bias(1, 128, 784), second_transposed(1, 784, 128),
                         first_transposed(784, 128, 1), with_bias(1, 10, 128), plain(1, 4096, 4096),
                         plain(4096, 1, 4096)});
  add<double>("float64", {with_bias(64, 128, 784), first_transposed(784, 128, 64), plain(1024, 1024, 1024),
                          with_bias(1, 30, 784), first_transposed(784, 30, 1), second_transposed(1, 30, 10)});
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
