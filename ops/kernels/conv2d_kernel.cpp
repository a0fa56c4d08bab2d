#include <retrograph/ops/kernels/conv2d_kernel.hpp>
#include <retrograph/ops/kernels/conv2d_methods.hpp>

namespace retrograph {
namespace {

template <class T>
std::unique_ptr<Kernel> prepare(ConvolutionOf product, const Convolution& convolution) {
  return plain_convolution<T>(product, convolution);
}

}  // namespace

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
