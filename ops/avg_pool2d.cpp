#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/avg_pool2d.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/window_range.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/pool2d_window.hpp>

namespace retrograph {
namespace {

/// A window whose numbers all have the same share, 1 / count, of what it makes of them.
struct Mean2d : Pool2dWindow {
  bool count_padding;

  std::string attributes() const {
    return Pool2dWindow::attributes() + (count_padding ? "" : ", padding does not count");
  }
  friend bool operator==(const Mean2d&, const Mean2d&) = default;
};

Tensor spread(const Mean2d& window, const Tensor& upstream, HeightWidth image);

template <class T>
class MeanOfWindows {
 public:
  MeanOfWindows(const Mean2d& window, const Extents& images, const Extents& results)
      : planes_{images, results} {
    const auto& [image, result] = std::tie(planes_.image, planes_.result);
    for (std::int64_t tap = 0; tap < window.extents.height; ++tap)
      rows_.emplace_back(tap, result.height, image.height, window.stride.height, window.padding.height);
    for (std::int64_t tap = 0; tap < window.extents.width; ++tap)
      columns_.emplace_back(tap, result.width, image.width, window.stride.width, window.padding.width);
    const auto all = static_cast<T>(window.extents.height * window.extents.width);
    counts_.assign(static_cast<std::size_t>(planes_.result_size()), window.count_padding ? all : T{0});
    if (!window.count_padding)
      for_all([&](std::int64_t to, std::int64_t) { counts_[static_cast<std::size_t>(to)] += 1; });
  }

  void pool(const T* images, T* results) const {
    for_planes(images, results, [&](const T* x, T* y) {
      std::fill_n(y, planes_.result_size(), T{0});
      for_all([=](std::int64_t to, std::int64_t from) { y[to] += x[from]; });
      for (std::int64_t i = 0; i < planes_.result_size(); ++i) y[i] /= counts_[static_cast<std::size_t>(i)];
    });
  }

  void spread(T* images, const T* results) const {
    for_planes(images, results, [&](T* x, const T* y) {
      std::fill_n(x, planes_.image_size(), T{0});
      for_all([&](std::int64_t from, std::int64_t to) {
        x[to] += y[from] / counts_[static_cast<std::size_t>(from)];
      });
    });
  }

 private:
  template <class X, class Y, class Body>
  void for_planes(X* images, Y* results, const Body& body) const {
    parallel_for(planes_.count, planes_.at_once(), [&](std::int64_t begin, std::int64_t end) {
      for (auto plane = begin; plane < end; ++plane)
        body(images + plane * planes_.image_size(), results + plane * planes_.result_size());
    });
  }

  /// Calls `body(y, x)` for the places in a plane of each window and each number in it.
  template <class Body>
  void for_all(const Body& body) const {
    for (const auto& row : rows_)
      for (auto i = row.first; i < row.end; ++i)
        for (const auto& column : columns_)
          for (auto j = column.first; j < column.end; ++j)
            body(i * planes_.result.width + j,
                 (i * row.stride + row.offset) * planes_.image.width + j * column.stride + column.offset);
  }

  Pool2dPlanes planes_;
  std::vector<WindowRange> rows_, columns_;
  std::vector<T> counts_;  // of the numbers in each window
};

template <class T>
struct PoolKernel final : Kernel {
  explicit PoolKernel(MeanOfWindows<T> m) : mean{std::move(m)} {}
  void run(const Call& call) const override {
    mean.pool(call.input(0).values<T>(), call.output(0).values<T>());
  }
  MeanOfWindows<T> mean;
};

template <class T>
struct SpreadKernel final : Kernel {
  explicit SpreadKernel(MeanOfWindows<T> m) : mean{std::move(m)} {}
  void run(const Call& call) const override {
    mean.spread(call.output(0).values<T>(), call.input(0).values<T>());
  }
  MeanOfWindows<T> mean;
};

double cost_of(const HeightWidth& window, const Extents& results) {
  return static_cast<double>(element_count(results)) * static_cast<double>(window.height * window.width);
}

struct AvgPool2d : Mean2d {
  static constexpr std::string_view name = "avg_pool2d";
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    return {{operands[0].dtype, Pool2dWindow::infer(operands[0].shape)}};
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<PoolKernel<T>>(
        MeanOfWindows<T>{*this, signature.inputs[0].extents, signature.outputs[0].extents});
  }
  double cost(const Signature& signature) const { return cost_of(extents, signature.outputs[0].extents); }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto& image = node.input(0).shape();
    return {spread(*this, upstream, {image[2].number(), image[3].number()})};
  }
  friend bool operator==(const AvgPool2d&, const AvgPool2d&) = default;
};

/// The gradient of avg_pool2d, linear as that is: each is the other's gradient.
struct AvgPool2dGradient : Mean2d {
  static constexpr std::string_view name = "avg_pool2d_gradient";
  static constexpr bool never_fails = true;
  HeightWidth image;

  std::string attributes() const { return to_string(image) + " of " + Mean2d::attributes(); }
  Types infer(const Types& operands) const {
    const auto& shape = operands[0].shape;
    return {{operands[0].dtype, {shape[0], shape[1], image.height, image.width}}};
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<SpreadKernel<T>>(
        MeanOfWindows<T>{*this, signature.outputs[0].extents, signature.inputs[0].extents});
  }
  double cost(const Signature& signature) const { return cost_of(extents, signature.inputs[0].extents); }
  Gradients gradient(const Applied&, const Tensor& upstream) const {
    return {apply(AvgPool2d{static_cast<const Mean2d&>(*this)}, {upstream})};
  }
  friend bool operator==(const AvgPool2dGradient&, const AvgPool2dGradient&) = default;
};

Tensor spread(const Mean2d& window, const Tensor& upstream, HeightWidth image) {
  return apply(AvgPool2dGradient{window, image}, {upstream});
}

}  // namespace

Tensor avg_pool2d(const Tensor& x, HeightWidth window, const AvgPool2dOptions& options,
                  std::source_location where) {
  const Pool2dWindow slid{window, stride_of(options.stride, window), options.padding};
  return apply(AvgPool2d{{slid, options.count_padding}}, {x}, where);
}

std::vector<CatalogueEntry> avg_pool2d_entries() {
  const auto sample = [](std::string label, Extents x, HeightWidth window, AvgPool2dOptions options) {
    return Sample{std::move(label),
                  {sample_numbers(std::move(x), -2, 2)},
                  [=](std::span<const Tensor> operands) { return avg_pool2d(operands[0], window, options); }};
  };
  return {{"avg_pool2d",
           "y_ncij = 1 / count sum_ab x_nc(i+a)(j+b)",
           "[n, c, h, w] -> [n, c, i, j]",
           "upstream / count, added at each number of the window",
           float_dtypes,
           {sample("side by side", {2, 2, 4, 4}, 2, {}),
            sample("overlapping", {1, 2, 4, 5}, {3, 2}, {.stride = 1}),
            sample("padded, numbers left over", {2, 1, 4, 6}, 3, {.stride = {3, 2}, .padding = {0, 1}}),
            sample("padding does not count", {2, 1, 4, 5}, 3,
                   {.stride = 2, .padding = 1, .count_padding = false})}}};
}

}  // namespace retrograph
