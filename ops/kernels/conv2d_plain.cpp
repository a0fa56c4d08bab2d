#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/conv2d_methods.hpp>
#include <retrograph/ops/kernels/window_range.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// Multiplications worth a thread.
constexpr std::int64_t grain = 100'000;

template <class T>
class PlainConvolution : public Kernel {
 protected:
  explicit PlainConvolution(const Convolution& convolution) : c_{convolution} {
    const auto& [stride, padding, dilation, groups] = c_.options;
    for (std::int64_t a = 0; a < c_.kernel.height; ++a)
      rows_.emplace_back(a, c_.result.height, c_.image.height, stride.height, padding.height,
                         dilation.height);
    for (std::int64_t b = 0; b < c_.kernel.width; ++b)
      columns_.emplace_back(b, c_.result.width, c_.image.width, stride.width, padding.width, dilation.width);
  }

  /// body(y, x, w): each number of a plane of the result, and of the image, that meet under number w of the
  /// kernel. `x` and `y` are places in a plane.
  template <class Body>
  void for_all(const Body& body) const {
    for (std::size_t tap = 0; tap < rows_.size() * columns_.size(); ++tap) {
      const auto& row = rows_[tap / columns_.size()];
      const auto& column = columns_[tap % columns_.size()];
      for (auto i = row.first; i < row.end; ++i) {
        const auto y = i * c_.result.width;
        const auto x = (i * row.stride + row.offset) * c_.image.width + column.offset;
        for (auto j = column.first; j < column.end; ++j) body(y + j, x + j * column.stride, tap);
      }
    }
  }

  /// Calls `body(plane)` for each plane of a stack, by threads.
  template <class Body>
  void for_planes(std::int64_t planes, const Body& body) const {
    const auto all = static_cast<std::int64_t>(cost(c_)) * 5;
    const auto at_once = std::max<std::int64_t>(1, grain * planes / std::max<std::int64_t>(1, all));
    parallel_for(planes, at_once, [&](std::int64_t first, std::int64_t last) {
      for (auto plane = first; plane < last; ++plane) body(plane);
    });
  }

  std::int64_t x_plane() const { return c_.image.height * c_.image.width; }
  std::int64_t y_plane() const { return c_.result.height * c_.result.width; }
  std::int64_t taps() const { return c_.kernel.height * c_.kernel.width; }

  Convolution c_;

 private:
  std::vector<WindowRange> rows_, columns_;
};

template <class T>
class Forward final : public PlainConvolution<T> {
 public:
  explicit Forward(const Convolution& convolution) : PlainConvolution<T>{convolution} {}

  void run(const Call& call) const override {
    const auto& c = this->c_;
    const auto *images = call.input(0).values<T>(), *weight = call.input(1).values<T>();
    const auto* bias = c.bias ? call.input(2).values<T>() : nullptr;
    this->for_planes(c.batch * c.filters, [&](std::int64_t plane) {
      const auto image = plane / c.filters, filter = plane % c.filters;
      const auto group = filter / c.group_filters();
      auto* y = call.output(0).values<T>() + plane * this->y_plane();
      std::fill_n(y, this->y_plane(), bias ? bias[filter] : T{0});
      for (std::int64_t channel = 0; channel < c.group_channels(); ++channel) {
        const auto* w = weight + (filter * c.group_channels() + channel) * this->taps();
        const auto* x =
            images + (image * c.channels + group * c.group_channels() + channel) * this->x_plane();
        this->for_all(
            [=](std::int64_t to, std::int64_t from, std::size_t tap) { y[to] += x[from] * w[tap]; });
      }
    });
  }
};

template <class T>
class InputGradient final : public PlainConvolution<T> {
 public:
  explicit InputGradient(const Convolution& convolution) : PlainConvolution<T>{convolution} {}

  void run(const Call& call) const override {
    const auto& c = this->c_;
    const auto *weight = call.input(0).values<T>(), *upstream = call.input(1).values<T>();
    this->for_planes(c.batch * c.channels, [&](std::int64_t plane) {
      const auto image = plane / c.channels;
      const auto group = plane % c.channels / c.group_channels();
      const auto channel = plane % c.group_channels();
      auto* x = call.output(0).values<T>() + plane * this->x_plane();
      std::fill_n(x, this->x_plane(), T{0});
      for (auto filter = group * c.group_filters(); filter < (group + 1) * c.group_filters(); ++filter) {
        const auto* w = weight + (filter * c.group_channels() + channel) * this->taps();
        const auto* y = upstream + (image * c.filters + filter) * this->y_plane();
        this->for_all(
            [=](std::int64_t from, std::int64_t to, std::size_t tap) { x[to] += y[from] * w[tap]; });
      }
    });
  }
};

template <class T>
class WeightGradient final : public PlainConvolution<T> {
 public:
  explicit WeightGradient(const Convolution& convolution) : PlainConvolution<T>{convolution} {}

  void run(const Call& call) const override {
    const auto& c = this->c_;
    const auto *images = call.input(0).values<T>(), *upstream = call.input(1).values<T>();
    this->for_planes(c.filters * c.group_channels(), [&](std::int64_t plane) {
      const auto filter = plane / c.group_channels();
      const auto channel = filter / c.group_filters() * c.group_channels() + plane % c.group_channels();
      auto* w = call.output(0).values<T>() + plane * this->taps();
      std::fill_n(w, this->taps(), T{0});
      for (std::int64_t image = 0; image < c.batch; ++image) {
        const auto* x = images + (image * c.channels + channel) * this->x_plane();
        const auto* y = upstream + (image * c.filters + filter) * this->y_plane();
        this->for_all([=](std::int64_t i, std::int64_t from, std::size_t tap) { w[tap] += y[i] * x[from]; });
      }
    });
  }
};

}  // namespace

template <std::floating_point T>
std::unique_ptr<Kernel> plain_convolution(ConvolutionOf product, const Convolution& convolution) {
  switch (product) {
    case ConvolutionOf::forward:
      return std::make_unique<Forward<T>>(convolution);
    case ConvolutionOf::input_gradient:
      return std::make_unique<InputGradient<T>>(convolution);
    case ConvolutionOf::weight_gradient:
      break;
  }
  return std::make_unique<WeightGradient<T>>(convolution);
}
template std::unique_ptr<Kernel> plain_convolution<float>(ConvolutionOf, const Convolution&);
template std::unique_ptr<Kernel> plain_convolution<double>(ConvolutionOf, const Convolution&);

}  // namespace retrograph
