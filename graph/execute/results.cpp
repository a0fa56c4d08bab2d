#include <retrograph/graph/execute/output_memory.hpp>

#include <fmt/format.h>

#include <utility>

namespace retrograph {

Results::Results(std::shared_ptr<OutputMemory> memory, std::unique_ptr<std::vector<Array>> arrays)
    : memory_{std::move(memory)}, arrays_{std::move(arrays)} {}

Results::~Results() {
  if (arrays_) memory_->give_back(std::move(arrays_));
}

Results::Results(Results&&) noexcept = default;

Results& Results::operator=(Results&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(arrays_, other.arrays_);
  return *this;
}

const Array& Results::operator[](const Tensor& output) const {
  return (*arrays_)[memory_->index_of(output)];
}

std::vector<Array> Results::take() && {
  return std::move(*std::exchange(arrays_, nullptr));
}

std::unique_ptr<std::vector<Array>> OutputMemory::get() {
  if (auto* spare = spare_.exchange(nullptr)) return std::unique_ptr<std::vector<Array>>{spare};
  auto arrays = std::make_unique<std::vector<Array>>();
  arrays->reserve(types_.size());
  for (const auto& type : types_) arrays->push_back(Array::uninitialized(type));
  return arrays;
}

void OutputMemory::give_back(std::unique_ptr<std::vector<Array>> arrays) {
  delete spare_.exchange(arrays.release());
}

std::size_t OutputMemory::index_of(const Tensor& output) const {
  for (std::size_t index = 0; index < outputs_.size(); ++index)
    if (outputs_[index].is(output)) return index;
  throw GraphError{fmt::format("'{}' is no output of this executable", output.name()), "add it to .outputs"};
}

}  // namespace retrograph
