#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/conv2d_slide.hpp>
#include <retrograph/ops/kernels/image_lanes.hpp>

namespace retrograph {
namespace {

/// A block of images at work.
template <class T>
struct Block {
  const Slide& slide;
  std::int64_t height;  // of tiles, in planes of the result
  std::int64_t images;
  const T *from, *weights, *bias;  // bias: null if there is none
  T *to, *from_lanes, *to_lanes;
};

template <class T>
struct SlideOverBlock {
  template <int bytes>
  struct Loop {
    using Lanes = ImageLanes<T, bytes>;
    using V = typename Lanes::V;
    static constexpr auto lane_count = Lanes::lane_count;

    [[gnu::always_inline]] static void run(const Block<T>& block) {
      const auto& slide = block.slide;
      gather(slide, block);
      // Tiles whose sums are in registers: of 32 wide ones 24, of 16 narrow ones 12.
      switch (block.height) {
        case 8:
          if constexpr (bytes == 64) all_stretches<8, 3>(block);
          break;
        case 6:
          if constexpr (bytes == 64) all_stretches<6, 4>(block);
          break;
        case 4:
          all_stretches<4, bytes == 64 ? 6 : 3>(block);
          break;
        case 2:
          all_stretches<2, bytes == 64 ? 8 : 5>(block);
          break;
        default:
          all_stretches<1, 8>(block);
      }
      Lanes::scatter(block.to_lanes, slide.to_image(), block.images, slide.to_image(), block.to);
    }

    [[gnu::always_inline]] static void gather(const Slide& slide, const Block<T>& block) {
      const auto& [extents, top, left, rows, columns] = slide.from;
      const auto size = slide.from_image();
      if (columns == extents.width)
        return Lanes::gather(block.from, size, block.images, size, size, block.from_lanes);
      for (std::int64_t first = 0, row = 0; first < size; first += extents.width, ++row)
        Lanes::gather(block.from + first, size, block.images, extents.width, size - first,
                      block.from_lanes + (row * columns + left) * lane_count);
    }

    template <int height, int width>
    [[gnu::always_inline]] static void all_stretches(const Block<T>& block) {
      const auto& slide = block.slide;
      const auto tile_weights = slide.from_channels * slide.kernel * height;
      const auto* weights = block.weights;
      for (std::int64_t group = 0; group < slide.groups; ++group) {
        const auto* from = block.from_lanes + group * slide.from_channels * slide.from.vectors() * lane_count;
        const auto tiles = (slide.to_channels + height - 1) / height;
        for (const auto& stretch : slide.stretches)
          for (std::int64_t tile = 0; tile < tiles; ++tile) {
            const auto channel = group * slide.to_channels + tile * height;
            const auto rows = std::min<std::int64_t>(height, slide.to_channels - tile * height);
            one_stretch<height, width>(
                slide, stretch, from, weights + tile * tile_weights,
                block.bias ? block.bias + channel : nullptr, rows,
                block.to_lanes + (channel * slide.to_plane() + stretch.first) * lane_count);
          }
        weights += tiles * tile_weights;
      }
    }

    /// In tiles of about the same width.
    template <int height, int width>
    [[gnu::always_inline]] static void one_stretch(const Slide& slide, const Stretch& stretch, const T* from,
                                                   const T* weights, const T* bias, std::int64_t rows,
                                                   T* to) {
      auto tiles = (stretch.count + width - 1) / width;
      for (auto left = stretch.count; left > 0; --tiles) {
        const auto places = (left + tiles - 1) / tiles;
        tile<height, width>(places, slide, stretch, from, weights, bias, rows, to);
        from += places * slide.from_step * lane_count;
        to += places * slide.to_step * lane_count;
        left -= places;
      }
    }

    template <int height, int width>
    [[gnu::always_inline]] static void tile(std::int64_t places, const Slide& slide, const Stretch& stretch,
                                            const T* from, const T* weights, const T* bias, std::int64_t rows,
                                            T* to) {
      if constexpr (width > 1)
        if (places < width)
          return tile<height, width - 1>(places, slide, stretch, from, weights, bias, rows, to);
      V sums[height][width] = {};
      if (bias)
        for (int m = 0; m < height; ++m)
          for (int t = 0; t < width; ++t) sums[m][t] += bias[std::min<std::int64_t>(m, rows - 1)];
      const auto step = slide.from_step * lane_count, plane = slide.from.vectors() * lane_count;
      for (std::int64_t channel = 0; channel < slide.from_channels; ++channel) {
        for (const auto& [vector, number] : stretch.taps) {
          const auto* numbers = from + vector * lane_count;
          const auto* factors = weights + number * height;
          V places_of[width];
          for (int t = 0; t < width; ++t) load(places_of[t], numbers + t * step);
          for (int m = 0; m < height; ++m)
            for (int t = 0; t < width; ++t) sums[m][t] += places_of[t] * factors[m];
        }
        from += plane;
        weights += slide.kernel * height;
      }
      write_rows<0>(rows, sums, to, slide.to_step * lane_count, slide.to_plane() * lane_count);
    }

    /// One by one, so that each is known to be in registers.
    template <int m, int height, int width>
    [[gnu::always_inline]] static void write_rows(std::int64_t rows, V (&sums)[height][width], T* to,
                                                  std::int64_t step, std::int64_t plane) {
      if (m >= rows) return;
      for (int t = 0; t < width; ++t) store(sums[m][t], to + t * step);
      if constexpr (m + 1 < height) write_rows<m + 1>(rows, sums, to + plane, step, plane);
    }
  };
};

template <class T>
class SlideKernel final : public Kernel {
 public:
  SlideKernel(ConvolutionOf product, const Convolution& c)
      : c_{c},
        forward_{product == ConvolutionOf::forward},
        slide_{forward_ ? forward_slide(c) : backward_slide(c)},
        block_{images_of_block<T>()},
        blocks_{(c.batch + block_ - 1) / block_},
        height_{tile_height(slide_.to_channels, block_)},
        tiles_{(slide_.to_channels + height_ - 1) / height_},
        weights_{Array::uninitialized(
            {dtype_of<T>(), {slide_.groups * tiles_ * height_ * slide_.from_channels * slide_.kernel}})} {
    for (std::int64_t piece = 0; piece < std::min(blocks_, most_pieces); ++piece)
      memory_.push_back({zero_vectors(slide_.from_vectors()), zero_vectors(slide_.to_image())});
  }

  void run(const Call& call) const override {
    invariant(images_of_block<T>() == block_, "the width of vectors changed after a kernel was prepared");
    pack_weights(call.input(forward_ ? 1 : 0).values<T>());
    const auto pieces = static_cast<std::int64_t>(memory_.size());
    parallel_for_chunks(pieces, [&](std::int64_t piece) {
      for (auto block = blocks_ * piece / pieces; block < blocks_ * (piece + 1) / pieces; ++block)
        run_block(call, static_cast<std::size_t>(piece), block * block_);
    });
  }

  bool end_with(const Epilogue& epilogue, std::size_t result) override {
    epilogue_ = &epilogue;
    result_ = result;
    return true;
  }

 private:
  struct Memory {
    Array from, to;
  };

  static std::int64_t tile_height(std::int64_t channels, std::int64_t block) {
    constexpr std::array<std::int64_t, 5> wide{8, 6, 4, 2, 1};
    constexpr std::array<std::int64_t, 3> narrow{4, 2, 1};
    const bool is_wide = block * static_cast<std::int64_t>(sizeof(T)) == 64;
    return is_wide ? best_height(channels, wide) : best_height(channels, narrow);
  }

  /// For each tile the weights in the order in which they are used; those of channels that are missing are 0.
  void pack_weights(const T* weight) const {
    auto* to = weights_.template values<T>().data();
    const auto taps = slide_.kernel, filters = c_.group_filters(), channels = c_.group_channels();
    for (std::int64_t group = 0; group < slide_.groups; ++group)
      for (std::int64_t tile = 0; tile < tiles_; ++tile)
        for (std::int64_t from = 0; from < slide_.from_channels; ++from)
          for (std::int64_t tap = 0; tap < taps; ++tap)
            for (auto m = tile * height_; m < (tile + 1) * height_; ++m) {
              const auto filter = group * filters + (forward_ ? m : from);
              const auto channel = forward_ ? from : m;
              *to++ = m < slide_.to_channels ? weight[(filter * channels + channel) * taps + tap] : T{0};
            }
  }

  void run_block(const Call& call, std::size_t piece, std::int64_t first) const {
    const auto images = std::min(block_, c_.batch - first);
    auto& [from, to] = memory_[piece];
    const auto size = slide_.to_image();
    run_on_widest_vectors<SlideOverBlock<T>::template Loop>(Block<T>{
        slide_, height_, images, call.input(forward_ ? 0 : 1).values<T>() + first * slide_.from_image(),
        weights_.template values<T>().data(), c_.bias ? call.input(2).values<T>() : nullptr,
        call.output(result_).values<T>() + first * size, reinterpret_cast<T*>(from.bytes()),
        reinterpret_cast<T*>(to.bytes())});
    if (epilogue_) epilogue_->run(call, first * size, images, size, size);
  }

  Convolution c_;
  bool forward_;
  Slide slide_;
  std::int64_t block_, blocks_;  // images of a block, and how many there are
  std::int64_t height_, tiles_;  // of a tile, and tiles of a group
  mutable Array weights_;
  mutable std::vector<Memory> memory_;  // one a piece
  const Epilogue* epilogue_ = nullptr;
  std::size_t result_ = 0;
};

}  // namespace

template <std::floating_point T>
std::unique_ptr<Kernel> slide_in_lanes(ConvolutionOf product, const Convolution& convolution) {
  return std::make_unique<SlideKernel<T>>(product, convolution);
}
template std::unique_ptr<Kernel> slide_in_lanes<float>(ConvolutionOf, const Convolution&);
template std::unique_ptr<Kernel> slide_in_lanes<double>(ConvolutionOf, const Convolution&);

}  // namespace retrograph
