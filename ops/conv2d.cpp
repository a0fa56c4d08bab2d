#include <retrograph/ops/conv2d.hpp>
#include <retrograph/ops/conv2d_shape.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Without the comma that the first begins with.
std::string listed(const std::string& options) {
  return options.empty() ? options : options.substr(2);
}

struct Conv2d {
  static constexpr std::string_view name = "conv2d";
  static constexpr bool never_fails = true;
  static constexpr bool takes_epilogue = true;
  Conv2dOptions options;

  std::string attributes() const { return listed(to_string(options)); }

  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    const auto convolution = convolution_of(operands[0].shape, operands[1].shape, options);
    if (operands.size() == 3 && operands[2].shape != Shape{convolution.filters})
      throw ShapeError{"the bias does not fit the weight",
                       fmt::format("it must be [{}]", convolution.filters)};
    return {
        {operands[0].dtype,
         {operands[0].shape[0], convolution.filters, convolution.result.height, convolution.result.width}}};
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return prepare_conv2d<T>(convolution(signature));
  }
  double cost(const Signature& signature) const { return retrograph::cost(convolution(signature)); }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0), weight = node.input(1);
    Gradients gradients(node.input_count());
    const HeightWidth image{x.shape()[2].number(), x.shape()[3].number()};
    const HeightWidth kernel{weight.shape()[2].number(), weight.shape()[3].number()};
    if (node.wants(0)) gradients[0] = conv2d_input_gradient(weight, upstream, image, options);
    if (node.wants(1)) gradients[1] = conv2d_weight_gradient(x, upstream, kernel, options);
    if (node.input_count() == 3 && node.wants(2)) gradients[2] = sum(upstream, {0, 2, 3});
    return gradients;
  }
  friend bool operator==(const Conv2d&, const Conv2d&) = default;

 private:
  Convolution convolution(const Signature& signature) const {
    auto convolution =
        convolution_of(Shape{signature.inputs[0].extents}, Shape{signature.inputs[1].extents}, options);
    convolution.bias = signature.inputs.size() == 3;
    return convolution;
  }
};

struct Conv2dInputGradient {
  static constexpr std::string_view name = "conv2d_input_gradient";
  static constexpr bool never_fails = true;
  HeightWidth image;
  Conv2dOptions options;

  std::string attributes() const { return to_string(image) + to_string(options); }

  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    const auto channels = convolution_by_image(operands[0].shape, operands[1].shape, image, options).channels;
    return {{operands[0].dtype, {operands[1].shape[0], channels, image.height, image.width}}};
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return prepare_conv2d_input_gradient<T>(convolution(signature));
  }
  double cost(const Signature& signature) const { return retrograph::cost(convolution(signature)); }

  Gradients gradient(const Applied& node, const Tensor& arriving) const {
    const auto [weight, upstream] = node.inputs<2>();
    const HeightWidth kernel{weight.shape()[2].number(), weight.shape()[3].number()};
    Gradients gradients(2);
    if (node.wants(0)) gradients[0] = conv2d_weight_gradient(arriving, upstream, kernel, options);
    if (node.wants(1)) gradients[1] = conv2d(arriving, weight, options);
    return gradients;
  }
  friend bool operator==(const Conv2dInputGradient&, const Conv2dInputGradient&) = default;

 private:
  Convolution convolution(const Signature& signature) const {
    return convolution_by_image(Shape{signature.inputs[0].extents}, Shape{signature.inputs[1].extents}, image,
                                options);
  }
};

struct Conv2dWeightGradient {
  static constexpr std::string_view name = "conv2d_weight_gradient";
  static constexpr bool never_fails = true;
  HeightWidth kernel;
  Conv2dOptions options;

  std::string attributes() const { return to_string(kernel) + to_string(options); }

  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    const auto convolution = convolution_by_kernel(operands[0].shape, operands[1].shape, kernel, options);
    return {{operands[0].dtype, Shape{convolution.weight()}}};
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return prepare_conv2d_weight_gradient<T>(convolution(signature));
  }
  double cost(const Signature& signature) const { return retrograph::cost(convolution(signature)); }

  Gradients gradient(const Applied& node, const Tensor& arriving) const {
    const auto [x, upstream] = node.inputs<2>();
    const HeightWidth image{x.shape()[2].number(), x.shape()[3].number()};
    Gradients gradients(2);
    if (node.wants(0)) gradients[0] = conv2d_input_gradient(arriving, upstream, image, options);
    if (node.wants(1)) gradients[1] = conv2d(x, arriving, options);
    return gradients;
  }
  friend bool operator==(const Conv2dWeightGradient&, const Conv2dWeightGradient&) = default;

 private:
  Convolution convolution(const Signature& signature) const {
    return convolution_by_kernel(Shape{signature.inputs[0].extents}, Shape{signature.inputs[1].extents},
                                 kernel, options);
  }
};

/// Ways to lay kernels over images, each with the extents of x, weight and y.
struct Case {
  std::string label;
  Extents x, weight, y;
  Conv2dOptions options = {};
};

std::vector<Case> cases() {
  return {{"as it is", {2, 2, 4, 3}, {3, 2, 2, 2}, {2, 3, 3, 2}},
          {"padded", {1, 1, 3, 4}, {2, 1, 3, 3}, {1, 2, 3, 4}, {.padding = 1}},
          {"strides that leave numbers over",
           {2, 1, 6, 5},
           {1, 1, 3, 2},
           {2, 1, 2, 3},
           {.stride = {3, 2}, .padding = {0, 1}}},
          {"dilated", {1, 2, 6, 5}, {2, 2, 3, 2}, {1, 2, 2, 4}, {.dilation = {2, 1}}},
          {"in groups", {2, 4, 3, 3}, {2, 2, 2, 2}, {2, 2, 2, 2}, {.groups = 2}},
          {"one filter a channel, all options",
           {1, 3, 5, 5},
           {3, 1, 2, 2},
           {1, 3, 3, 3},
           {.stride = 2, .padding = 1, .dilation = 2, .groups = 3}}};
}

template <class Apply>
std::vector<Sample> samples(Extents Case::*first, Extents Case::*second, const Apply& apply) {
  std::vector<Sample> samples;
  for (const auto& one : cases())
    samples.push_back({one.label,
                       {sample_numbers(one.*first, -2, 2), sample_numbers(one.*second, -1, 3)},
                       [=](std::span<const Tensor> x) { return apply(x, one); }});
  return samples;
}

HeightWidth last_two(const Extents& extents) {
  return {extents[2], extents[3]};
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dOptions& options,
              std::source_location where) {
  return apply(Conv2d{options}, {x, weight}, where);
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options,
              std::source_location where) {
  return apply(Conv2d{options}, {x, weight, bias}, where);
}

Tensor conv2d_input_gradient(const Tensor& weight, const Tensor& upstream, HeightWidth extents,
                             const Conv2dOptions& options, std::source_location where) {
  return apply(Conv2dInputGradient{extents, options}, {weight, upstream}, where);
}

Tensor conv2d_weight_gradient(const Tensor& x, const Tensor& upstream, HeightWidth kernel,
                              const Conv2dOptions& options, std::source_location where) {
  return apply(Conv2dWeightGradient{kernel, options}, {x, upstream}, where);
}

std::vector<CatalogueEntry> conv2d_entries() {
  auto forward = samples(&Case::x, &Case::weight, [](std::span<const Tensor> x, const Case& one) {
    return conv2d(x[0], x[1], one.options);
  });
  forward.push_back(
      {"with a bias",
       {sample_numbers({2, 1, 3, 3}, -2, 2), sample_numbers({2, 1, 2, 2}, -1, 3), sample_numbers({2}, -1, 1)},
       [](std::span<const Tensor> x) { return conv2d(x[0], x[1], x[2]); }});
  return {
      {"conv2d", "y_nfij = bias_f + sum_cab x_nc(i+a)(j+b) weight_fcab",
       "[n, c, h, w], [f, c, a, b], [f] -> [n, f, i, j]",
       "conv2d_input_gradient, conv2d_weight_gradient, sum of upstream", float_dtypes, std::move(forward)},
      {"conv2d_input_gradient", "y_nc(i+a)(j+b) = sum_fab weight_fcab upstream_nfij",
       "[f, c, a, b], [n, f, i, j] -> [n, c, h, w]", "conv2d_weight_gradient(g, upstream), conv2d(g, weight)",
       float_dtypes,
       samples(&Case::weight, &Case::y,
               [](std::span<const Tensor> x, const Case& one) {
                 return conv2d_input_gradient(x[0], x[1], last_two(one.x), one.options);
               })},
      {"conv2d_weight_gradient", "y_fcab = sum_nij x_nc(i+a)(j+b) upstream_nfij",
       "[n, c, h, w], [n, f, i, j] -> [f, c, a, b]", "conv2d_input_gradient(g, upstream), conv2d(x, g)",
       float_dtypes, samples(&Case::x, &Case::y, [](std::span<const Tensor> x, const Case& one) {
         return conv2d_weight_gradient(x[0], x[1], last_two(one.weight), one.options);
       })}};
}

}  // namespace retrograph
