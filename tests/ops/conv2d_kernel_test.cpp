#include <retrograph/graph/execute/tasks.hpp>
#include <retrograph/ops/kernels/conv2d_methods.hpp>

#include "support/instruction_set_limit.hpp"
#include "support/matchers.hpp"
#include "support/whole_numbers.hpp"

#include <array>

using namespace retrograph;
using namespace retrograph::test;
using detail::InstructionSet;

namespace {

Convolution convolution(std::int64_t batch, std::int64_t channels, std::int64_t filters, HeightWidth image,
                        HeightWidth kernel, const Conv2dOptions& options = {}) {
  const auto places = [](std::int64_t extent, std::int64_t window, std::int64_t stride, std::int64_t padding,
                         std::int64_t dilation) {
    return (extent + 2 * padding - dilation * (window - 1) - 1) / stride + 1;
  };
  const auto& [stride, padding, dilation, groups] = options;
  return {batch,
          channels,
          filters,
          image,
          kernel,
          {places(image.height, kernel.height, stride.height, padding.height, dilation.height),
           places(image.width, kernel.width, stride.width, padding.width, dilation.width)},
          options};
}

/// What a kernel makes of whole numbers; twice, since memory that it keeps must not show.
Array run(const Kernel& kernel, ConvolutionOf product, const Convolution& c, DType dtype) {
  const bool forward = product == ConvolutionOf::forward, backward = product == ConvolutionOf::input_gradient;
  std::vector<Array> operands;
  operands.push_back(whole_numbers(backward ? c.weight() : c.x(), dtype, 1));
  operands.push_back(whole_numbers(forward ? c.weight() : c.y(), dtype, 2));
  operands.push_back(whole_numbers({c.filters}, dtype, 3));
  Array result = Array::full(forward ? c.y() : backward ? c.x() : c.weight(), 99, dtype);
  std::vector<ConstView> inputs;
  for (const auto& operand : operands) inputs.push_back({operand.type(), operand.size(), operand.bytes()});
  const View output{result.type(), result.size(), result.bytes()};
  const RunContext context;
  const tasks::OneOpenMpThread guard;  // as in an arena, where kernels run
  for (int i = 0; i < 2; ++i) kernel.run({inputs, {&output, 1}, context});
  return result;
}

using Method = std::unique_ptr<Kernel>(ConvolutionOf, const Convolution&);

template <class T>
void compare(Method& method, ConvolutionOf product, const Convolution& c) {
  INFO("batch " << c.batch << ", " << c.channels << " channels " << to_string(Shape{c.x()}) << ", weight "
                << to_string(Shape{c.weight()}) << ", product " << static_cast<int>(product));
  const auto expected = run(*plain_convolution<T>(product, c), product, c, dtype_of<T>());
  CHECK_THAT(run(*method(product, c), product, c, dtype_of<T>()), equals(expected));
}

void compare_with_all_vectors(ConvolutionOf product, const Convolution& c) {
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    const InstructionSetLimit limit{set};
    compare<float>(convolution_in_lanes<float>, product, c);
    compare<double>(convolution_in_lanes<double>, product, c);
  }
}

constexpr std::array products{ConvolutionOf::forward, ConvolutionOf::input_gradient,
                              ConvolutionOf::weight_gradient};

void compare_library(const Convolution& c) {
  for (const auto product : products) compare<float>(convolution_of_library, product, c);
}

void compare_all(const Convolution& c) {
  for (const auto product : products) compare_with_all_vectors(product, c);
}

}  // namespace

TEST_CASE("convolutions in lanes agree with plain loops for every batch around the width of vectors") {
  for (const std::int64_t batch : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 300})
    compare_all(convolution(batch, 2, 3, {5, 4}, {3, 2}));
}

TEST_CASE("convolutions in lanes agree with plain loops for every number of filters and channels of a tile") {
  for (std::int64_t count = 1; count <= 17; ++count) {
    compare_all(convolution(5, 2, count, {3, 4}, {2, 2}));
    compare_all(convolution(5, count, 2, {3, 4}, {2, 2}));
  }
}

TEST_CASE("convolutions in lanes agree with plain loops for every width of the image and of the kernel") {
  for (std::int64_t width = 1; width <= 18; ++width) {
    compare_all(convolution(3, 1, 6, {2, width}, {1, 1}));
    compare_all(convolution(3, 1, 5, {2, width}, {2, width}));
    compare_all(convolution(3, 2, 4, {3, width}, {2, 3}, {.padding = {0, 1}}));
  }
}

TEST_CASE("convolutions in lanes agree with plain loops for strides, paddings and dilations of each axis") {
  for (const std::int64_t stride : {1, 2, 3})
    for (const std::int64_t padding : {0, 1, 2, 4})
      for (const std::int64_t dilation : {1, 2, 3}) {
        compare_all(convolution(5, 2, 3, {9, 8}, {3, 3}, {stride, padding, dilation}));
        compare_all(convolution(5, 2, 3, {9, 8}, {2, 3}, {{1, stride}, {padding, 0}, {dilation, 1}}));
        compare_all(convolution(5, 2, 3, {9, 8}, {3, 2}, {{stride, 1}, {0, padding}, {1, dilation}}));
        compare_all(convolution(5, 6, 4, {7, 7}, {2, 2}, {stride, padding, dilation, 2}));
      }
}

TEST_CASE("convolutions in lanes sum over more rows than are taken at once") {
  compare_all(convolution(16, 1, 6, 28, 5, {.padding = 2}));
  compare_all(convolution(16, 6, 16, 14, 5));
}

TEST_CASE("convolutions in lanes add the bias of each filter") {
  for (std::int64_t filters = 1; filters <= 17; ++filters) {
    auto c = convolution(5, 2, filters, {3, 4}, {2, 2});
    c.bias = true;
    compare_with_all_vectors(ConvolutionOf::forward, c);
  }
}

TEST_CASE("the library's convolutions agree with plain loops for batches around the number of pieces") {
  for (const std::int64_t batch : {1, 2, 15, 16, 17, 31, 32, 33, 50})
    compare_library(convolution(batch, 3, 5, {6, 5}, {3, 2}));
}

TEST_CASE("the library's convolutions agree with plain loops for channels around the width of its blocks") {
  for (const std::int64_t count : {1, 2, 3, 7, 8, 9, 15, 16, 17, 32, 33}) {
    compare_library(convolution(2, 4, count, {6, 7}, 3));
    compare_library(convolution(2, count, 4, {6, 7}, 3));
  }
}

TEST_CASE("the library's convolutions agree with plain loops for strides, paddings, dilations and groups") {
  for (const std::int64_t stride : {1, 2, 3})
    for (const std::int64_t padding : {0, 1, 4})
      for (const std::int64_t dilation : {1, 2}) {
        compare_library(convolution(2, 2, 3, {9, 8}, {2, 3}, {{1, stride}, {padding, 0}, {dilation, 1}}));
        compare_library(convolution(2, 16, 16, {9, 8}, {3, 2}, {{stride, 1}, {0, padding}, {1, dilation}}));
        compare_library(convolution(2, 6, 4, {7, 7}, {2, 2}, {stride, padding, dilation, 2}));
        compare_library(convolution(2, 8, 8, {7, 7}, {3, 3}, {stride, padding, dilation, 8}));
      }
}

TEST_CASE("the library's convolutions add the bias of each filter") {
  for (const std::int64_t filters : {1, 5, 16, 17}) {
    auto c = convolution(3, 2, filters, {3, 4}, {2, 2});
    c.bias = true;
    compare<float>(convolution_of_library, ConvolutionOf::forward, c);
  }
}
