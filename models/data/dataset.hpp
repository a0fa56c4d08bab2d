#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/models/data/augmentation.hpp>
#include <retrograph/models/data/shuffle.hpp>

#include <iterator>
#include <optional>
#include <string>

namespace retrograph {

/// Some rows of a dataset. Binds as `const auto& [images, labels]`.
struct Batch {
  Array images;  // [batch, ...]
  Array labels;  // [batch, ...]

  std::int64_t size() const { return images.extents()[0]; }
};

/// Which rows come, and how.
struct BatchOptions {
  std::int64_t size = 64;                              // rows of a batch; the last has what is left
  std::optional<Shuffle> shuffle = {};                 // in random order
  std::optional<std::vector<std::int64_t>> rows = {};  // these alone, and without a shuffle in this order
  std::int64_t first = 0;                              // the batch to begin with
  std::optional<Augmentation> augmentation = {};  // of images, anew for each seed and epoch of the shuffle
};

class Batches;
class PreparedBatches;

/// Samples with their labels: row i of one belongs to row i of the other.
struct Dataset {
  Array images;                               // [samples, ...]
  Array labels;                               // [samples, ...]
  std::vector<std::string> class_names = {};  // of the labels 0, 1, ..., if they have any

  std::int64_t size() const { return images.extents().at(0); }

  /// All rows in their order, `batch_size` at a time; the last batch has what is left. Nothing is copied: the
  /// batches are views of the dataset, which must outlive them.
  /// Throws DataError if images and labels differ in number, ShapeError if batch_size is not positive.
  Batches batches(std::int64_t batch_size) const&;
  /// Likewise in random order. The rows are gathered in buffers that are used again, so a batch is gone when
  /// the next one is asked for. While a batch is worked on, idle threads of the executable that does so
  /// gather the next.
  Batches batches(std::int64_t batch_size, const Shuffle& shuffle) const&;
  /// Likewise as the options say. Throws ShapeError, too, for a row that is none.
  Batches batches(BatchOptions options) const&;
  void batches(std::int64_t batch_size) const&& = delete;
  void batches(std::int64_t batch_size, const Shuffle& shuffle) const&& = delete;
  void batches(BatchOptions options) const&& = delete;
};

/// Samples to train on, and others to judge by.
struct TrainAndTest {
  Dataset train;
  Dataset test;
};

/// One more than the largest of their labels, int32; 0 if there are none.
std::int64_t class_count(const TrainAndTest& data);

/// A pass over a dataset: a range of Batch. Moved, never copied, as its batches refer to its buffers.
class Batches {
 public:
  class Iterator;

  Batches(const Dataset& dataset, BatchOptions options);
  Batches(Batches&&) noexcept;
  Batches& operator=(Batches&&) noexcept;
  ~Batches();

  /// Starts the pass, from its beginning whenever it is called.
  Iterator begin();
  std::default_sentinel_t end() const { return {}; }

  /// How many batches a pass has.
  std::int64_t count() const { return (rows_ + batch_size_ - 1) / batch_size_; }
  /// How many rows.
  std::int64_t rows() const { return rows_; }

 private:
  void load(std::int64_t batch);

  const Dataset* dataset_;
  std::int64_t batch_size_, first_, rows_;
  std::unique_ptr<PreparedBatches> prepared_;  // null if rows come as they are
  std::optional<Batch> current_;
};

class Batches::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Batch;
  using difference_type = std::ptrdiff_t;
  using pointer = const Batch*;
  using reference = const Batch&;

  const Batch& operator*() const { return *batches_->current_; }
  const Batch* operator->() const { return &*batches_->current_; }
  Iterator& operator++();
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& it, std::default_sentinel_t) {
    return it.batch_ >= it.batches_->count();
  }

 private:
  friend class Batches;
  explicit Iterator(Batches& batches);

  Batches* batches_;
  std::int64_t batch_;
};

}  // namespace retrograph
