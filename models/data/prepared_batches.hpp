#pragma once

#include <retrograph/graph/execute/background.hpp>
#include <retrograph/models/data/dataset.hpp>

namespace retrograph {

/// The rows of a dataset from `first` on, as a view.
Batch view_of_rows(const Dataset& dataset, std::int64_t first, std::int64_t rows);

/// Batches whose rows are gathered, and images changed, one batch ahead of the one that is asked for: beside
/// the work on that one, and what is left of it when it is asked for. Every row is made by itself, so that it
/// does not matter who makes it.
class PreparedBatches {
 public:
  PreparedBatches(const Dataset& dataset, BatchOptions options);

  /// A view of a buffer, until the next one is taken.
  Batch take(std::int64_t batch);

 private:
  struct Piece {
    PreparedBatches* batches;
    void operator()(std::int64_t piece) const { batches->prepare(piece); }
  };

  std::int64_t rows_of(std::int64_t batch) const;
  void start(std::int64_t batch);
  void prepare(std::int64_t piece);

  const Dataset& dataset_;
  std::int64_t batch_size_;
  std::vector<std::int64_t> order_;  // of all rows that come
  std::optional<Augmenter> augmenter_;
  std::int64_t rows_of_piece_;
  bool ahead_;                      // not where a batch is too little to share
  std::array<Dataset, 2> buffers_;  // of even and odd batches
  std::int64_t started_ = -1;       // the batch that is prepared
  Piece piece_{this};
  BackgroundLoop loop_;  // the first to go
};

}  // namespace retrograph
