#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/kernels/matmul_halves.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>
#include <retrograph/ops/kernels/matmul_methods.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// A product is halved until its parts cost less: about a microsecond, some times what it costs to hand them
/// to a thread that is awake. Of a vector and a matrix, or of two vectors, many times as much: such a product
/// is as fast as memory is, which the threads share.
constexpr double divisible_cost = 12'000, divisible_vector_cost = 800'000;
/// Of a stack of products too small to be divided, twice as much as a chunk takes at least.
constexpr double divisible_stack_cost = 800'000;
/// Parts that are not smaller than this are computed as fast as the whole, so that there may be many; of
/// smaller ones, which each read the operands anew, two at most. Measured: 256 x 1024 x 784 loses some 5 % in
/// 4 parts of 256 columns, on one thread and on two.
constexpr std::int64_t large_rows = 512, large_columns = 512, most_large_parts = 16;
constexpr std::int64_t least_rows = 32, least_columns = 64, least_inner = 32, most_small_parts = 2;
/// Each chunk keeps memory of its own for the library below.
constexpr std::int64_t most_chunks = 64;

/// Such a product has parts enough for many threads.
bool has_large_parts(const MatrixProduct& product) {
  return product.rows >= 2 * large_rows || product.columns >= 2 * large_columns;
}

double cost_of_one(const MatrixProduct& product) {
  const auto m = static_cast<double>(product.rows), n = static_cast<double>(product.columns),
             k = static_cast<double>(product.inner);
  return std::max(2 * m * n * k / 10, m * k + k * n + m * n);
}

/// Along rows and columns of the result: the inner extent stays whole, so that how a product is divided
/// changes no bit of it, as parts fill the widest strips of columns that the kernels sum in. Smaller products
/// along columns where they can be, so that a thread reads the fewest weights that another has updated; where
/// little is summed, what follows each row of a part would cost more. But updates themselves, products with a
/// transposed, along rows: the short pieces that columns leave of each row lie so close together that
/// processors fetch each other's ahead. That took a product of 784 x 128 x 64 1.3 times as long.
std::vector<Tile> divide(const MatrixProduct& product) {
  std::int64_t row_parts = 1, column_parts = 1;
  const auto least =
      std::min({product.rows, product.columns, product.inner}) == 1 ? divisible_vector_cost : divisible_cost;
  for (auto cost = cost_of_one(product); cost >= least; cost /= 2) {
    const auto rows = product.rows / row_parts, columns = product.columns / column_parts,
               parts = row_parts * column_parts;
    if (rows >= 2 * large_rows && parts < most_large_parts)
      row_parts *= 2;
    else if (columns >= 2 * large_columns && parts < most_large_parts)
      column_parts *= 2;
    else if (parts >= most_small_parts)
      break;
    else if (columns >= 2 * least_columns && product.inner >= least_inner &&
             !(product.transpose_a && rows >= 2 * least_rows))
      column_parts *= 2;
    else if (rows >= 2 * least_rows)
      row_parts *= 2;
    else
      break;
  }
  // Multiples of the width of the registers that a library computes in.
  const auto part = [](std::int64_t extent, std::int64_t parts) {
    return parts == 1 ? extent : ((extent + parts - 1) / parts + 15) / 16 * 16;
  };
  const auto rows = part(product.rows, row_parts), columns = part(product.columns, column_parts);
  std::vector<Tile> tiles;
  for (std::int64_t row = 0; row < product.rows; row += rows)
    for (std::int64_t column = 0; column < product.columns; column += columns)
      tiles.push_back(
          {row, column, std::min(rows, product.rows - row), std::min(columns, product.columns - column)});
  return tiles;
}

/// Where every matrix of the result must be made of one b, and a's rows follow one another: one product.
void join_batch(MatrixProduct& product) {
  if (product.transpose_a || product.batch_a != product.batch || element_count(product.batch_b) != 1) return;
  product.rows *= element_count(product.batch);
  product.batch = product.batch_a = product.batch_b = {};
}

template <class T, class Method>
class ProductKernel final : public Kernel {
 public:
  explicit ProductKernel(const MatrixProduct& product)
      : size_a_{product.rows * product.inner},
        size_b_{product.inner * product.columns},
        size_y_{product.rows * product.columns},
        product_{product},
        tiles_{divide(product)},
        chunks_{chunk_count(product, tiles_)},
        method_{product, tiles_, chunks_} {
    find_operands(product);
  }

  void run(const Call& call) const override {
    const auto operands = operands_of<T>(product_, call, result_);
    const auto tile_count = static_cast<std::int64_t>(tiles_.size());
    const auto parts = static_cast<std::int64_t>(places_.size()) * tile_count;
    parallel_for_chunks(chunks_, [&](std::int64_t chunk) {
      for (auto part = parts * chunk / chunks_; part < parts * (chunk + 1) / chunks_; ++part) {
        const auto matrix = part / tile_count;
        const auto tile = static_cast<std::size_t>(part % tile_count);
        method_.compute(chunk, tile, of_matrix(operands, matrix));
        if (epilogue_) end_tile(call, matrix, tiles_[tile]);
      }
    });
  }

  bool end_with(const Epilogue& epilogue, std::size_t result) override {
    epilogue_ = &epilogue;
    result_ = result;
    return true;
  }

 private:
  ProductOperands<T> of_matrix(ProductOperands<T> operands, std::int64_t matrix) const {
    const auto [a, b] = places_[static_cast<std::size_t>(matrix)];
    operands.a += a * size_a_;
    operands.b += b * size_b_;
    operands.y += matrix * size_y_;
    if (product_.addend == Addend::matrix) operands.addend += matrix * size_y_;
    return operands;
  }

  void end_tile(const Call& call, std::int64_t matrix, const Tile& tile) const {
    const auto stride = product_.columns;
    epilogue_->run(call, matrix * size_y_ + tile.row * stride + tile.column, tile.rows, tile.columns, stride);
  }

  static std::int64_t chunk_count(const MatrixProduct& product, const std::vector<Tile>& tiles) {
    const auto matrices = element_count(product.batch);
    const auto parts = matrices * static_cast<std::int64_t>(tiles.size());
    if (tiles.size() > 1) return std::min(parts, most_chunks);
    const auto worthwhile = 2 * cost_of_one(product) * static_cast<double>(matrices) / divisible_stack_cost;
    return std::clamp(static_cast<std::int64_t>(std::min(worthwhile, 1e9)), std::int64_t{1},
                      std::min(parts, most_chunks));
  }

  /// Which a and b each matrix of the result is the product of.
  void find_operands(const MatrixProduct& product) {
    const auto type = [](const Extents& extents) { return ArrayType{DType::float32, extents}; };
    const BroadcastLoop loop{
        Signature{{type(product.batch_a), type(product.batch_b)}, {type(product.batch)}}};
    loop.walk<2>(0, loop.size(), [&](std::int64_t, std::int64_t count, const auto& offsets) {
      for (std::int64_t i = 0; i < count; ++i)
        places_.push_back({offsets[0] + (loop.moves(0) ? i : 0), offsets[1] + (loop.moves(1) ? i : 0)});
    });
  }

  struct Places {
    std::int64_t a, b;
  };
  std::int64_t size_a_, size_b_, size_y_;
  MatrixProduct product_;
  std::vector<Tile> tiles_;
  std::int64_t chunks_;
  Method method_;
  std::vector<Places> places_;
  const Epilogue* epilogue_ = nullptr;
  std::size_t result_ = 0;
};

/// An inner extent of 0: a sum without terms.
template <class T>
class EmptySumKernel final : public Kernel {
 public:
  explicit EmptySumKernel(const MatrixProduct& product) : product_{product} {}

  void run(const Call& call) const override {
    const auto operands = operands_of<T>(product_, call);
    const auto size = call.output(0).size;
    const auto repeats_after = product_.addend == Addend::row ? product_.columns : size;
    for (std::int64_t i = 0; i < size; ++i)
      operands.y[i] = operands.addend
                          ? static_cast<T>(operands.addend_factor * operands.addend[i % repeats_after])
                          : T{0};
  }

 private:
  MatrixProduct product_;
};

/// Measured: our own product is as fast or faster as long as b stays in a cache, a second-level one where a
/// is transposed. What the library does to lay out its operands pays off beyond.
constexpr double near_numbers = 1 << 20, near_numbers_transposed = 1 << 17;

bool suits_library(const MatrixProduct& product) {
  const auto b = static_cast<double>(product.columns) * static_cast<double>(product.inner);
  return b > (product.transpose_a ? near_numbers_transposed : near_numbers);
}

}  // namespace

double cost(const MatrixProduct& product) {
  return cost_of_one(product) * static_cast<double>(element_count(product.batch));
}

template <Number T>
std::unique_ptr<Kernel> prepare(MatrixProduct product) {
  join_batch(product);
  const auto extents = {product.rows, product.columns, product.inner};
  if (std::min(extents) == 0 || element_count(product.batch) == 0)
    return std::make_unique<EmptySumKernel<T>>(product);
  if constexpr (std::floating_point<T>)
    if (std::min(extents) == 1) return std::make_unique<ProductKernel<T, VectorMethod<T>>>(product);
  if constexpr (std::same_as<T, float>)
    if (suits_library(product)) return std::make_unique<ProductKernel<T, OneDnnMethod>>(product);
  if constexpr (std::floating_point<T>)
    if (!has_large_parts(product) && HalvedSumsKernel<T>::suits(product))
      return std::make_unique<HalvedSumsKernel<T>>(product);
  return std::make_unique<ProductKernel<T, BlockedMethod<T>>>(product);
}
template std::unique_ptr<Kernel> prepare<float>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<double>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<std::int32_t>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<std::int64_t>(MatrixProduct);
template std::unique_ptr<Kernel> prepare<std::uint8_t>(MatrixProduct);

}  // namespace retrograph
