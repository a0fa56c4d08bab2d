#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/max_pool2d_kernel.hpp>
#include <retrograph/ops/max_pool2d.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/pool2d_window.hpp>

#include <limits>

namespace retrograph {
namespace {

Tensor to_places(const Tensor& upstream, const Tensor& places, HeightWidth image);
Tensor at_places(const Tensor& x, const Tensor& places);

/// Two results: the largest numbers, and the place of each in its plane, counted rows first.
struct MaxPool2d : Pool2dWindow {
  static constexpr std::string_view name = "max_pool2d";
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    const auto& [dtype, images] = operands[0];
    const auto shape = Pool2dWindow::infer(images);
    if (images[2].number() * images[3].number() > std::numeric_limits<std::int32_t>::max())
      throw ShapeError{"an image has more numbers than 32 bits can count"};
    return {{dtype, shape}, {DType::int32, shape}};
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return prepare_max_pool2d<T>(*this, signature);
  }
  double cost(const Signature& signature) const {
    return static_cast<double>(element_count(signature.outputs[0].extents)) *
           static_cast<double>(extents.height * extents.width);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto& image = node.input(0).shape();
    return {to_places(upstream, node.result(1), {image[2].number(), image[3].number()})};
  }
  friend bool operator==(const MaxPool2d&, const MaxPool2d&) = default;
};

/// The gradient of max_pool2d: adds each number up at its place in a plane that is 0 elsewhere.
///
///     y[n, c, p] = sum of x[n, c, i] over all i with places[n, c, i] == p
struct ToPlaces {
  static constexpr std::string_view name = "max_pool2d_gradient";
  static constexpr bool never_fails = true;
  HeightWidth image;

  std::string attributes() const { return to_string(image); }
  Types infer(const Types& operands) const {
    const auto& shape = operands[0].shape;
    return {{operands[0].dtype, {shape[0], shape[1], image.height, image.width}}};
  }
  template <std::floating_point T>
  void compute(const Call& call) const {
    const Pool2dPlanes planes{call.output(0).extents(), call.input(0).extents()};
    parallel_for(planes.count, planes.at_once(), [&](std::int64_t begin, std::int64_t end) {
      for (auto plane = begin; plane < end; ++plane) {
        const auto first = plane * planes.result_size();
        const auto* x = call.input(0).values<T>() + first;
        const auto* places = call.input(1).values<std::int32_t>() + first;
        auto* y = call.output(0).values<T>() + plane * planes.image_size();
        std::fill_n(y, planes.image_size(), T{0});
        for (std::int64_t i = 0; i < planes.result_size(); ++i) y[places[i]] += x[i];
      }
    });
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {at_places(upstream, node.input(1)), no_gradient};
  }
  friend bool operator==(const ToPlaces&, const ToPlaces&) = default;
};

/// The way back:
///
///     y[n, c, i] = x[n, c, places[n, c, i]]
struct AtPlaces {
  static constexpr std::string_view name = "max_pool2d_take";
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const { return {{operands[0].dtype, operands[1].shape}}; }
  template <std::floating_point T>
  void compute(const Call& call) const {
    const Pool2dPlanes planes{call.input(0).extents(), call.output(0).extents()};
    parallel_for(planes.count, planes.at_once(), [&](std::int64_t begin, std::int64_t end) {
      for (auto plane = begin; plane < end; ++plane) {
        const auto first = plane * planes.result_size();
        const auto* x = call.input(0).values<T>() + plane * planes.image_size();
        const auto* places = call.input(1).values<std::int32_t>() + first;
        auto* y = call.output(0).values<T>() + first;
        for (std::int64_t i = 0; i < planes.result_size(); ++i) y[i] = x[places[i]];
      }
    });
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto& image = node.input(0).shape();
    return {to_places(upstream, node.input(1), {image[2].number(), image[3].number()}), no_gradient};
  }
};

// Not for users: kernels trust places that max_pool2d has made.

Tensor to_places(const Tensor& upstream, const Tensor& places, HeightWidth image) {
  return apply(ToPlaces{image}, {upstream, places});
}

Tensor at_places(const Tensor& x, const Tensor& places) {
  return apply(AtPlaces{}, {x, places});
}

}  // namespace

Tensor max_pool2d(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options,
                  std::source_location where) {
  return apply(MaxPool2d{{window, stride_of(options.stride, window), options.padding}}, {x}, where);
}

std::vector<CatalogueEntry> max_pool2d_entries() {
  const auto sample = [](std::string label, Extents x, HeightWidth window, MaxPool2dOptions options) {
    return Sample{std::move(label),
                  {sample_numbers(std::move(x), -2, 2)},
                  [=](std::span<const Tensor> operands) { return max_pool2d(operands[0], window, options); }};
  };
  return {{"max_pool2d",
           "y_ncij = max_ab x_nc(i+a)(j+b)",
           "[n, c, h, w] -> [n, c, i, j]",
           "upstream, added at the place of each largest number",
           float_dtypes,
           {sample("side by side", {2, 2, 4, 4}, 2, {}),
            sample("overlapping", {1, 2, 4, 5}, {3, 2}, {.stride = 1}),
            sample("padded, numbers left over", {2, 1, 4, 6}, 3, {.stride = {3, 2}, .padding = {0, 1}})}}};
}

}  // namespace retrograph
