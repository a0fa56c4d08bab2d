#include "workload.hpp"

#include <retrograph/models/data/mnist.hpp>
#include <retrograph/models/data/standardize.hpp>

#include "../../bench/numbers.hpp"

#include <array>

namespace retrograph::program {
namespace {

constexpr std::array all_workloads{
    NamedWorkload{"mlp", "784-128-10 ReLU, descent, batch 64, an epoch of 60,000", "epoch", make_mlp},
    NamedWorkload{"lesson", "784-30-10 sigmoid, descent, batch 1, an epoch of 60,000", "epoch", make_lesson},
    NamedWorkload{"wide", "784-1024-1024-10 ReLU, descent, batch 256, an epoch of 60,000", "epoch",
                  make_wide},
    NamedWorkload{"lenet", "LeNet, Adam, batch 64, an epoch of 60,000", "epoch", make_lenet},
    NamedWorkload{"latency", "784-128-10 forward, 1 row", "run", make_latency},
    NamedWorkload{"latency-10000", "784-128-10 forward, 10,000 rows", "run", make_latency_10000},
    NamedWorkload{"overhead", "1,000 additions of 16 numbers and back, without fusion", "run", make_overhead},
    NamedWorkload{"overhead-fused", "the same with every pass", "run", make_overhead_fused},
    NamedWorkload{"branches", "8 chains of 4 products of 256 x 256, summed, and back", "run", make_branches},
    NamedWorkload{"elementwise", "20 elementwise ops on 10,000,000 numbers, and back", "run",
                  make_elementwise}};

Dataset random_dataset(bool standardized) {
  Dataset dataset{Array::uninitialized({DType::float32, {bench::samples, bench::pixels}}),
                  Array::uninitialized({DType::int32, {bench::samples}})};
  bench::fill_random_images(dataset.images.values<float>(), standardized);
  bench::fill_random_labels(dataset.labels.values<std::int32_t>());
  return dataset;
}

Dataset make_dataset(const std::filesystem::path& folder, bool standardized) {
  if (!std::filesystem::exists(folder)) return random_dataset(standardized);
  auto digits = mnist(folder);
  if (standardized) standardize(digits);
  return std::move(digits.train);
}

}  // namespace

std::span<const NamedWorkload> workloads() {
  return all_workloads;
}

const Dataset& BenchData::standardized() const {
  if (!standardized_) standardized_ = make_dataset(folder_, true);
  return *standardized_;
}

const Dataset& BenchData::plain() const {
  if (!plain_) plain_ = make_dataset(folder_, false);
  return *plain_;
}

bool BenchData::is_mnist() const {
  return std::filesystem::exists(folder_);
}

Passes passes_without(std::string_view name) {
  Passes passes;
  for (const auto& pass : named_passes)
    if (pass.name == name) passes.*pass.runs = false;
  return passes;
}

}  // namespace retrograph::program
