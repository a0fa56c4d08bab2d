#include <retrograph/ops/kernels/conv2d_kernel.hpp>
#include <retrograph/ops/kernels/conv2d_lanes.hpp>
#include <retrograph/ops/kernels/conv2d_methods.hpp>

namespace retrograph {
namespace {

template <class T>
std::unique_ptr<Kernel> prepare(ConvolutionOf product, const Convolution& convolution) {
  if (suits_lanes<T>(product, convolution)) return convolution_in_lanes<T>(product, convolution);
  if constexpr (std::same_as<T, float>)
    if (suits_library(convolution)) return convolution_of_library(product, convolution);
  return plain_convolution<T>(product, convolution);
}

}  // namespace

template <std::floating_point T>
std::unique_ptr<Kernel> convolution_in_lanes(ConvolutionOf product, const Convolution& convolution) {
  if (product == ConvolutionOf::weight_gradient) return weight_gradient_in_lanes<T>(convolution);
  return slide_in_lanes<T>(product, convolution);
}
template std::unique_ptr<Kernel> convolution_in_lanes<float>(ConvolutionOf, const Convolution&);
template std::unique_ptr<Kernel> convolution_in_lanes<double>(ConvolutionOf, const Convolution&);

/// Memory of a piece of the images; more would not stay in the second cache.
constexpr std::int64_t most_bytes = std::int64_t{4} << 20;

template <std::floating_point T>
bool suits_lanes(ConvolutionOf product, const Convolution& c) {
  const auto& padding = c.options.padding;
  const auto plane = (c.image.height + 2 * padding.height) * (c.image.width + 2 * padding.width);
  const auto numbers = c.channels * plane + c.filters * c.result.height * c.result.width;
  const auto weights = product == ConvolutionOf::weight_gradient ? element_count(c.weight()) : 0;
  const auto lanes = images_of_block<T>();
  return 2 * c.batch >= lanes &&
         (numbers + weights) * lanes * static_cast<std::int64_t>(sizeof(T)) <= most_bytes;
}
template bool suits_lanes<float>(ConvolutionOf, const Convolution&);
template bool suits_lanes<double>(ConvolutionOf, const Convolution&);

double cost(const Convolution& convolution) {
  const auto products = static_cast<double>(element_count(convolution.y())) *
                        static_cast<double>(element_count(convolution.weight())) /
                        static_cast<double>(convolution.filters);
  const auto numbers = element_count(convolution.x()) + element_count(convolution.y());
  return 2 * products / 10 + static_cast<double>(numbers);
}

template <std::floating_point T>
std::unique_ptr<Kernel> prepare_conv2d(const Convolution& convolution) {
  return prepare<T>(ConvolutionOf::forward, convolution);
}
template <std::floating_point T>
std::unique_ptr<Kernel> prepare_conv2d_input_gradient(const Convolution& convolution) {
  return prepare<T>(ConvolutionOf::input_gradient, convolution);
}
template <std::floating_point T>
std::unique_ptr<Kernel> prepare_conv2d_weight_gradient(const Convolution& convolution) {
  return prepare<T>(ConvolutionOf::weight_gradient, convolution);
}

template std::unique_ptr<Kernel> prepare_conv2d<float>(const Convolution&);
template std::unique_ptr<Kernel> prepare_conv2d<double>(const Convolution&);
template std::unique_ptr<Kernel> prepare_conv2d_input_gradient<float>(const Convolution&);
template std::unique_ptr<Kernel> prepare_conv2d_input_gradient<double>(const Convolution&);
template std::unique_ptr<Kernel> prepare_conv2d_weight_gradient<float>(const Convolution&);
template std::unique_ptr<Kernel> prepare_conv2d_weight_gradient<double>(const Convolution&);

}  // namespace retrograph
