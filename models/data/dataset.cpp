#include <retrograph/models/data/prepared_batches.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

void require_rows(const Dataset& dataset, const BatchOptions& options) {
  const auto& images = dataset.images.extents();
  const auto& labels = dataset.labels.extents();
  if (images.empty() || labels.empty() || images[0] != labels[0])
    throw DataError{
        fmt::format("images of {} and labels of {} do not go together", to_string(images), to_string(labels)),
        "both need one row for each sample"};
  if (options.size < 1) throw ShapeError{fmt::format("a batch of {} samples", options.size), "use 1 or more"};
  if (options.first < 0) throw ShapeError{fmt::format("the batch {} to begin with", options.first)};
  if (!options.rows) return;
  for (const auto row : *options.rows)
    if (row < 0 || row >= dataset.size())
      throw ShapeError{fmt::format("row {} of a dataset of {}", row, dataset.size())};
}

}  // namespace

Batches Dataset::batches(std::int64_t batch_size) const& {
  return batches(BatchOptions{.size = batch_size});
}

Batches Dataset::batches(std::int64_t batch_size, const Shuffle& shuffle) const& {
  return batches(BatchOptions{.size = batch_size, .shuffle = shuffle});
}

Batches Dataset::batches(BatchOptions options) const& {
  return {*this, std::move(options)};
}

std::int64_t class_count(const TrainAndTest& data) {
  std::int32_t largest = -1;
  for (const auto* dataset : {&data.train, &data.test})
    for (const auto label : dataset->labels.values<std::int32_t>()) largest = std::max(largest, label);
  return std::int64_t{largest} + 1;
}

Batches::Batches(const Dataset& dataset, BatchOptions options) : dataset_{&dataset}, first_{options.first} {
  require_rows(dataset, options);
  rows_ = options.rows ? std::ssize(*options.rows) : dataset.size();
  // Sums of a size without bound, such as the largest integer for "all rows", would overflow.
  options.size = std::min(options.size, std::max<std::int64_t>(rows_, 1));
  batch_size_ = options.size;
  if (options.shuffle || options.rows || options.augmentation)
    prepared_ = std::make_unique<PreparedBatches>(dataset, std::move(options));
}

Batches::Batches(Batches&&) noexcept = default;
Batches& Batches::operator=(Batches&&) noexcept = default;
Batches::~Batches() = default;

Batches::Iterator Batches::begin() {
  return Iterator{*this};
}

void Batches::load(std::int64_t batch) {
  const auto first = batch * batch_size_;
  current_ = prepared_ ? prepared_->take(batch)
                       : view_of_rows(*dataset_, first, std::min(batch_size_, rows_ - first));
}

Batches::Iterator::Iterator(Batches& batches) : batches_{&batches}, batch_{batches.first_} {
  if (batch_ < batches.count()) batches.load(batch_);
}

Batches::Iterator& Batches::Iterator::operator++() {
  if (++batch_ < batches_->count()) batches_->load(batch_);
  return *this;
}

}  // namespace retrograph
