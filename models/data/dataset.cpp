#include <retrograph/models/data/dataset.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace retrograph {
namespace {

std::size_t bytes_of_row(const Array& array) {
  return array.extents()[0] == 0 ? 0 : array.size_in_bytes() / static_cast<std::size_t>(array.extents()[0]);
}

Extents with_rows(const Array& array, std::int64_t rows) {
  auto extents = array.extents();
  extents[0] = rows;
  return extents;
}

Array view_of_rows(const Array& array, std::int64_t first, std::int64_t rows) {
  return visit(array.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto row = static_cast<std::size_t>(array.size() / std::max<std::int64_t>(array.extents()[0], 1));
    const auto values = array.values<T>();
    return Array::view(with_rows(array, rows), values.subspan(static_cast<std::size_t>(first) * row,
                                                              static_cast<std::size_t>(rows) * row));
  });
}

void gather_rows(const Array& from, std::span<const std::int64_t> rows, Array& to) {
  const auto bytes = bytes_of_row(from);
  auto* place = to.bytes();
  for (const auto row : rows) {
    std::memcpy(place, from.bytes() + static_cast<std::size_t>(row) * bytes, bytes);
    place += bytes;
  }
}

void require_rows(const Dataset& dataset, const BatchOptions& options) {
  const auto& images = dataset.images.extents();
  const auto& labels = dataset.labels.extents();
  if (images.empty() || labels.empty() || images[0] != labels[0])
    throw DataError{
        fmt::format("images of {} and labels of {} do not go together", to_string(images), to_string(labels)),
        "both need one row for each sample"};
  if (options.size < 1) throw ShapeError{fmt::format("a batch of {} samples", options.size), "use 1 or more"};
  if (options.first < 0) throw ShapeError{fmt::format("the batch {} to begin with", options.first)};
  for (const auto row : options.rows.value_or(std::vector<std::int64_t>{}))
    if (row < 0 || row >= dataset.size())
      throw ShapeError{fmt::format("row {} of a dataset of {}", row, dataset.size())};
}

std::vector<std::int64_t> order_of(BatchOptions options, std::int64_t rows) {
  if (!options.shuffle) return std::move(*options.rows);
  auto order = shuffled_indices(rows, *options.shuffle);
  if (options.rows)
    for (auto& place : order) place = (*options.rows)[static_cast<std::size_t>(place)];
  return order;
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

Batches::Batches(const Dataset& dataset, BatchOptions options)
    : dataset_{&dataset}, batch_size_{options.size}, first_{options.first} {
  require_rows(dataset, options);
  rows_ = options.rows ? static_cast<std::int64_t>(options.rows->size()) : dataset.size();
  if (!options.shuffle && !options.rows) return;
  order_ = order_of(std::move(options), rows_);
  const auto rows = std::min(batch_size_, rows_);
  const auto buffer = [&](const Array& array) {
    return Array::uninitialized({array.dtype(), with_rows(array, rows)});
  };
  buffers_ = Batch{buffer(dataset.images), buffer(dataset.labels)};
}

Batches::Iterator Batches::begin() {
  return Iterator{*this};
}

void Batches::load(std::int64_t batch) {
  const auto first = batch * batch_size_;
  const auto rows = std::min(batch_size_, rows_ - first);
  if (!buffers_) {
    current_ =
        Batch{view_of_rows(dataset_->images, first, rows), view_of_rows(dataset_->labels, first, rows)};
    return;
  }
  const auto chosen =
      std::span{order_}.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rows));
  gather_rows(dataset_->images, chosen, buffers_->images);
  gather_rows(dataset_->labels, chosen, buffers_->labels);
  if (!current_ || current_->images.extents()[0] != rows)
    current_ = Batch{view_of_rows(buffers_->images, 0, rows), view_of_rows(buffers_->labels, 0, rows)};
}

Batches::Iterator::Iterator(Batches& batches) : batches_{&batches}, batch_{batches.first_} {
  if (batch_ < batches.count()) batches.load(batch_);
}

Batches::Iterator& Batches::Iterator::operator++() {
  if (++batch_ < batches_->count()) batches_->load(batch_);
  return *this;
}

}  // namespace retrograph
