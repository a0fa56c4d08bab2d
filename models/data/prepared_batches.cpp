#include <retrograph/models/data/prepared_batches.hpp>

#include <algorithm>
#include <cstring>

namespace retrograph {
namespace {

// What a piece of work is at least: some microseconds of copying, or of changing images.
constexpr std::size_t bytes_copied = 1 << 15;
constexpr std::size_t bytes_changed = 1 << 13;

Extents with_rows(const Array& array, std::int64_t rows) {
  auto extents = array.extents();
  extents[0] = rows;
  return extents;
}

std::size_t bytes_of_row(const Array& array) {
  return array.extents()[0] == 0 ? 0 : array.size_in_bytes() / static_cast<std::size_t>(array.extents()[0]);
}

Array view_of_rows(const Array& array, std::int64_t first, std::int64_t rows) {
  return visit(array.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto row = static_cast<std::size_t>(array.size() / std::max<std::int64_t>(array.extents()[0], 1));
    const auto values = array.values<T>();
    return Array::view(with_rows(array, rows), values.subspan(static_cast<std::size_t>(first) * row,
                                                              static_cast<std::size_t>(rows) * row));
  });
}

void copy_row(const Array& from, std::int64_t row, Array& to, std::int64_t place) {
  const auto bytes = bytes_of_row(from);
  if (bytes > 0)
    std::memcpy(to.bytes() + static_cast<std::size_t>(place) * bytes,
                from.bytes() + static_cast<std::size_t>(row) * bytes, bytes);
}

std::vector<std::int64_t> order_of(const BatchOptions& options, std::int64_t size) {
  const auto rows = options.rows ? static_cast<std::int64_t>(options.rows->size()) : size;
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) order[static_cast<std::size_t>(row)] = row;
  if (options.shuffle) order = shuffled_indices(rows, *options.shuffle);
  if (options.rows)
    for (auto& place : order) place = (*options.rows)[static_cast<std::size_t>(place)];
  return order;
}

Dataset buffer_for(const Dataset& dataset, std::int64_t rows) {
  const auto like = [&](const Array& array) {
    return Array::uninitialized({array.dtype(), with_rows(array, rows)});
  };
  return {like(dataset.images), like(dataset.labels)};
}

}  // namespace

Batch view_of_rows(const Dataset& dataset, std::int64_t first, std::int64_t rows) {
  return {view_of_rows(dataset.images, first, rows), view_of_rows(dataset.labels, first, rows)};
}

PreparedBatches::PreparedBatches(const Dataset& dataset, BatchOptions options)
    : dataset_{dataset},
      batch_size_{options.size},
      order_{order_of(options, dataset.size())},
      buffers_{buffer_for(dataset, std::min(batch_size_, std::ssize(order_))),
               buffer_for(dataset, std::min(batch_size_, std::ssize(order_)))} {
  if (options.augmentation) {
    const auto key = options.shuffle.value_or(Shuffle{});
    augmenter_.emplace(*options.augmentation, dataset.images.type(), key.seed, key.epoch);
  }
  const auto bytes = std::max<std::size_t>(bytes_of_row(dataset.images), 1);
  rows_of_piece_ = static_cast<std::int64_t>(
      std::max<std::size_t>((augmenter_ ? bytes_changed : bytes_copied) / bytes, 1));
  ahead_ = batch_size_ > rows_of_piece_;
}

Batch PreparedBatches::take(std::int64_t batch) {
  if (started_ != batch) {
    loop_.finish();
    start(batch);
  }
  loop_.finish();
  if (ahead_ && rows_of(batch + 1) > 0) start(batch + 1);
  return view_of_rows(buffers_[static_cast<std::size_t>(batch % 2)], 0, rows_of(batch));
}

std::int64_t PreparedBatches::rows_of(std::int64_t batch) const {
  return std::clamp<std::int64_t>(std::ssize(order_) - batch * batch_size_, 0, batch_size_);
}

void PreparedBatches::start(std::int64_t batch) {
  started_ = batch;
  const auto pieces = (rows_of(batch) + rows_of_piece_ - 1) / rows_of_piece_;
  loop_.start(pieces, tasks::Function{piece_});
}

void PreparedBatches::prepare(std::int64_t piece) {
  auto& [images, labels, _] = buffers_[static_cast<std::size_t>(started_ % 2)];
  const auto end = std::min((piece + 1) * rows_of_piece_, rows_of(started_));
  for (auto place = piece * rows_of_piece_; place < end; ++place) {
    const auto row = order_[static_cast<std::size_t>(started_ * batch_size_ + place)];
    copy_row(dataset_.labels, row, labels, place);
    if (!augmenter_) {
      copy_row(dataset_.images, row, images, place);
      continue;
    }
    const auto pixels = bytes_of_row(images) / sizeof(float);
    augmenter_->augment(row, dataset_.images.values<float>().data() + static_cast<std::size_t>(row) * pixels,
                        images.values<float>().data() + static_cast<std::size_t>(place) * pixels);
  }
}

}  // namespace retrograph
