#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/conv2d_lanes.hpp>
#include <retrograph/ops/kernels/image_lanes.hpp>

namespace retrograph {
namespace {

/// Bytes of one tile's planes that are read again and again while they are in the first cache.
constexpr std::int64_t bytes_at_once = 16'384;

/// The gradient by the weight, w_fk = sum over images and places of y_f x_k, with k counting the channels of
/// a group and the numbers of the kernel: a lane sums over its own images, and the lanes are summed at the
/// end.
struct WeightSums {
  Convolution c;
  PaddedPlane plane;                  // of x
  std::vector<std::int64_t> vectors;  // that each k meets at the first place, from the group's first one
  std::int64_t row_step, column_step;
  std::int64_t height, width;  // of a tile, in filters and in k; its sums are in registers
  std::int64_t height_tiles, width_tiles, rows_at_once;

  std::int64_t terms() const { return static_cast<std::int64_t>(vectors.size()); }
  std::int64_t x_image() const { return c.channels * c.image.height * c.image.width; }
  std::int64_t y_plane() const { return c.result.height * c.result.width; }
  std::int64_t y_image() const { return c.filters * y_plane(); }
  std::int64_t sum_vectors() const { return c.options.groups * height_tiles * width_tiles * height * width; }
};

WeightSums weight_sums(const Convolution& c, std::int64_t vector_bytes) {
  const auto& [stride, padding, dilation, groups] = c.options;
  const auto extent = [](std::int64_t image, std::int64_t kernel, std::int64_t result, std::int64_t step,
                         std::int64_t pad, std::int64_t spread) {
    return std::max(pad + image, (result - 1) * step + (kernel - 1) * spread + 1);
  };
  const auto rows = extent(c.image.height, c.kernel.height, c.result.height, stride.height, padding.height,
                           dilation.height),
             columns = extent(c.image.width, c.kernel.width, c.result.width, stride.width, padding.width,
                              dilation.width);
  constexpr std::array<std::int64_t, 4> wide{6, 4, 2, 1};
  constexpr std::array<std::int64_t, 3> narrow{4, 2, 1};
  const auto filters = c.group_filters();
  const auto height = vector_bytes == 64 ? best_height(filters, wide) : best_height(filters, narrow);
  const auto width = vector_bytes == 64 ? (height == 6   ? 4
                                           : height == 4 ? 6
                                                         : 8)
                                        : (height == 4   ? 3
                                           : height == 2 ? 5
                                                         : 8);
  WeightSums sums{c,
                  {c.image, padding.height, padding.width, rows, columns},
                  {},
                  stride.height * columns,
                  stride.width,
                  height,
                  width,
                  (filters + height - 1) / height,
                  0,
                  std::max<std::int64_t>(1, bytes_at_once / (height * c.result.width * vector_bytes))};
  for (std::int64_t channel = 0; channel < c.group_channels(); ++channel)
    for (std::int64_t a = 0; a < c.kernel.height; ++a)
      for (std::int64_t b = 0; b < c.kernel.width; ++b)
        sums.vectors.push_back((channel * rows + a * dilation.height) * columns + b * dilation.width);
  sums.width_tiles = (sums.terms() + width - 1) / width;
  return sums;
}

/// A block of images, or at the end a piece of the sums.
template <class T>
struct Block {
  const WeightSums& plan;
  std::int64_t images;
  const T *x, *y;
  T *x_lanes, *y_lanes, *sums;
};

template <class T>
struct AddBlock {
  template <int bytes>
  struct Loop {
    using Lanes = ImageLanes<T, bytes>;
    using V = typename Lanes::V;
    static constexpr auto lane_count = Lanes::lane_count;

    [[gnu::always_inline]] static void run(const Block<T>& block) {
      const auto& plan = block.plan;
      gather_images(block);
      Lanes::gather(block.y, plan.y_image(), block.images, plan.y_image(), plan.y_image(), block.y_lanes);
      switch (plan.height) {
        case 6:
          if constexpr (bytes == 64) add<6, 4>(block);
          break;
        case 4:
          add<4, bytes == 64 ? 6 : 3>(block);
          break;
        case 2:
          add<2, bytes == 64 ? 8 : 5>(block);
          break;
        default:
          add<1, 8>(block);
      }
    }

    [[gnu::always_inline]] static void gather_images(const Block<T>& block) {
      const auto& [extents, top, left, rows, columns] = block.plan.plane;
      const auto size = block.plan.x_image();
      if (columns == extents.width && rows == extents.height)
        return Lanes::gather(block.x, size, block.images, size, size, block.x_lanes);
      std::int64_t first = 0;
      for (std::int64_t channel = 0; channel < block.plan.c.channels; ++channel)
        for (std::int64_t row = 0; row < extents.height; ++row, first += extents.width)
          Lanes::gather(block.x + first, size, block.images, extents.width, size - first,
                        block.x_lanes + ((channel * rows + top + row) * columns + left) * lane_count);
    }

    template <int height, int width>
    [[gnu::always_inline]] static void add(const Block<T>& block) {
      const auto& plan = block.plan;
      for (std::int64_t row = 0; row < plan.c.result.height; row += plan.rows_at_once) {
        auto* sums = block.sums;
        const auto rows = std::min(plan.rows_at_once, plan.c.result.height - row);
        for (std::int64_t group = 0; group < plan.c.options.groups; ++group)
          for (std::int64_t filter = 0; filter < plan.c.group_filters(); filter += height)
            add_filters<height, width>(block, group, filter, row, rows, sums);
      }
    }

    template <int height, int width>
    [[gnu::always_inline]] static void add_filters(const Block<T>& block, std::int64_t group,
                                                   std::int64_t filter, std::int64_t row, std::int64_t rows,
                                                   T*& sums) {
      const auto& plan = block.plan;
      const auto filters = plan.c.group_filters();
      const auto* x =
          block.x_lanes +
          (group * plan.c.group_channels() * plan.plane.vectors() + row * plan.row_step) * lane_count;
      const T* y[height];  // a filter that is missing is the last one again, and its sums are not used
      for (int m = 0; m < height; ++m)
        y[m] = block.y_lanes + ((group * filters + std::min(filter + m, filters - 1)) * plan.y_plane() +
                                row * plan.c.result.width) *
                                   lane_count;
      std::int64_t term = 0;
      for (auto tiles = plan.width_tiles; tiles > 0; --tiles) {
        const auto terms = (plan.terms() - term + tiles - 1) / tiles;
        tile<height, width>(terms, plan, x, plan.vectors.data() + term, y, rows, sums);
        term += terms;
        sums += height * width * lane_count;
      }
    }

    template <int height, int width>
    [[gnu::always_inline]] static void tile(std::int64_t terms, const WeightSums& plan, const T* x,
                                            const std::int64_t* vectors, const T* const (&y)[height],
                                            std::int64_t rows, T* to) {
      if constexpr (width > 1)
        if (terms < width) return tile<height, width - 1>(terms, plan, x, vectors, y, rows, to);
      V sums[height][width];
      for (int m = 0; m < height; ++m)
        for (int t = 0; t < width; ++t) load(sums[m][t], to + (m * width + t) * lane_count);
      const T* images[width];
      for (int t = 0; t < width; ++t) images[t] = x + vectors[t] * lane_count;
      const auto columns = plan.c.result.width, column_step = plan.column_step * lane_count;
      for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column) {
          const auto x_place = row * plan.row_step * lane_count + column * column_step,
                     y_place = (row * columns + column) * lane_count;
          V numbers[width];
          for (int t = 0; t < width; ++t) load(numbers[t], images[t] + x_place);
          for (int m = 0; m < height; ++m) {
            V upstream;
            load(upstream, y[m] + y_place);
            for (int t = 0; t < width; ++t) sums[m][t] += numbers[t] * upstream;
          }
        }
      for (int m = 0; m < height; ++m)
        for (int t = 0; t < width; ++t) store(sums[m][t], to + (m * width + t) * lane_count);
    }
  };
};

/// The sum of the lanes of `count` vectors, each.
template <class T>
struct SumLanes {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(const T* from, std::int64_t count, T* to) {
      for (std::int64_t i = 0; i < count; ++i) {
        Vector<T, bytes> vector;
        load(vector, from + i * lanes<T, bytes>);
        to[i] = sum_of_lanes<T, bytes>(vector);
      }
    }
  };
};

template <class T>
class WeightGradientKernel final : public Kernel {
 public:
  explicit WeightGradientKernel(const Convolution& c)
      : block_{images_of_block<T>()},
        blocks_{(c.batch + block_ - 1) / block_},
        plan_{weight_sums(c, block_ * static_cast<std::int64_t>(sizeof(T)))} {
    for (std::int64_t piece = 0; piece < std::min(blocks_, most_pieces); ++piece)
      memory_.push_back({zero_vectors(c.channels * plan_.plane.vectors()), zero_vectors(plan_.y_image()),
                         zero_vectors(plan_.sum_vectors()), Array{{plan_.sum_vectors()}, dtype_of<T>()}});
  }

  void run(const Call& call) const override {
    invariant(images_of_block<T>() == block_, "the width of vectors changed after a kernel was prepared");
    const auto pieces = static_cast<std::int64_t>(memory_.size());
    parallel_for_chunks(pieces, [&](std::int64_t piece) { run_piece(call, piece, pieces); });
    add_pieces(call.output(0).values<T>());
  }

 private:
  struct Memory {
    Array x, y, lanes, sums;
  };

  void run_piece(const Call& call, std::int64_t piece, std::int64_t pieces) const {
    auto& [x, y, lanes_of_sums, sums] = memory_[static_cast<std::size_t>(piece)];
    auto* in_lanes = reinterpret_cast<T*>(lanes_of_sums.bytes());
    std::fill_n(in_lanes, plan_.sum_vectors() * block_, T{0});
    for (auto block = blocks_ * piece / pieces; block < blocks_ * (piece + 1) / pieces; ++block) {
      const auto first = block * block_;
      run_on_widest_vectors<AddBlock<T>::template Loop>(Block<T>{
          plan_, std::min(block_, plan_.c.batch - first), call.input(0).values<T>() + first * plan_.x_image(),
          call.input(1).values<T>() + first * plan_.y_image(), reinterpret_cast<T*>(x.bytes()),
          reinterpret_cast<T*>(y.bytes()), in_lanes});
    }
    run_on_widest_vectors<SumLanes<T>::template Loop>(static_cast<const T*>(in_lanes), plan_.sum_vectors(),
                                                      sums.template values<T>().data());
  }

  /// In the order of the pieces, whoever computed them.
  void add_pieces(T* weight) const {
    std::fill_n(weight, element_count(plan_.c.weight()), T{0});
    for (const auto& memory : memory_) {
      const auto* sums = memory.sums.template values<T>().data();
      for (std::int64_t tile = 0; tile < plan_.c.options.groups * plan_.height_tiles; ++tile)
        for (std::int64_t part = 0, term = 0; part < plan_.width_tiles; ++part) {
          const auto left = plan_.width_tiles - part;
          const auto terms = (plan_.terms() - term + left - 1) / left;
          add_tile(tile, term, terms, sums, weight);
          term += terms;
          sums += plan_.height * plan_.width;
        }
    }
  }

  /// A tile's sums lie as narrow as it is.
  void add_tile(std::int64_t tile, std::int64_t term, std::int64_t terms, const T* sums, T* weight) const {
    const auto filters = plan_.c.group_filters();
    const auto group = tile / plan_.height_tiles, first = tile % plan_.height_tiles * plan_.height;
    for (auto filter = first; filter < std::min(first + plan_.height, filters); ++filter) {
      auto* to = weight + (group * filters + filter) * plan_.terms() + term;
      for (std::int64_t t = 0; t < terms; ++t) to[t] += sums[(filter - first) * terms + t];
    }
  }

  std::int64_t block_, blocks_;
  WeightSums plan_;
  mutable std::vector<Memory> memory_;  // one a piece
};

}  // namespace

template <std::floating_point T>
std::unique_ptr<Kernel> weight_gradient_in_lanes(const Convolution& convolution) {
  return std::make_unique<WeightGradientKernel<T>>(convolution);
}
template std::unique_ptr<Kernel> weight_gradient_in_lanes<float>(const Convolution&);
template std::unique_ptr<Kernel> weight_gradient_in_lanes<double>(const Convolution&);

}  // namespace retrograph
