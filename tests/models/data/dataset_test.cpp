#include <retrograph/models/data/dataset.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Row i is (10 i, 10 i + 1), its label i.
Dataset counting_dataset(std::int64_t size) {
  Dataset dataset{Array{{size, 2}}, Array{{size}, DType::int32}};
  for (std::int32_t i = 0; i < size; ++i) {
    const auto place = static_cast<std::size_t>(i);
    dataset.images.values<float>()[2 * place] = static_cast<float>(10 * i);
    dataset.images.values<float>()[2 * place + 1] = static_cast<float>(10 * i + 1);
    dataset.labels.values<std::int32_t>()[place] = i;
  }
  return dataset;
}

/// The labels of a pass, in its order, and proof that every row came with its own label.
std::vector<std::int64_t> labels_of(Batches batches) {
  std::vector<std::int64_t> labels;
  for (const auto& [x, y] : batches)
    for (std::int64_t row = 0; row < y.size(); ++row) {
      labels.push_back(static_cast<std::int64_t>(y.at(row)));
      CHECK(x.at(2 * row) == 10 * y.at(row));
      CHECK(x.at(2 * row + 1) == 10 * y.at(row) + 1);
    }
  return labels;
}

std::vector<std::int64_t> counting(std::int64_t size) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(size));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

}  // namespace

TEST_CASE("batches come in order, and the last is what is left") {
  const auto dataset = counting_dataset(5);
  auto batches = dataset.batches(2);
  CHECK(batches.count() == 3);
  std::vector<Extents> extents;
  for (const auto& [x, y] : batches) {
    extents.push_back(x.extents());
    CHECK(y.extents() == Extents{x.extents()[0]});
  }
  CHECK(extents == std::vector<Extents>{{2, 2}, {2, 2}, {1, 2}});
}

TEST_CASE("every row is used once, at every size around a multiple of the batch") {
  for (const std::int64_t size : {0, 1, 3, 4, 5, 8, 9}) {
    const auto dataset = counting_dataset(size);
    CHECK(labels_of(dataset.batches(4)) == counting(size));
    auto shuffled = labels_of(dataset.batches(4, {.seed = 1}));
    std::sort(shuffled.begin(), shuffled.end());
    CHECK(shuffled == counting(size));
  }
}

TEST_CASE("a batch may be larger than the dataset, up to the largest integer") {
  const auto dataset = counting_dataset(5);
  for (const auto size : {std::int64_t{6}, std::numeric_limits<std::int64_t>::max()}) {
    CHECK(dataset.batches(size).count() == 1);
    CHECK(labels_of(dataset.batches(size)) == counting(5));
    CHECK(labels_of(dataset.batches(size, {.seed = 1})).size() == 5);
    CHECK(labels_of(dataset.batches(BatchOptions{.size = size, .rows = {{3, 1}}})) ==
          std::vector<std::int64_t>{3, 1});
  }
}

TEST_CASE("the order depends on seed and epoch, not on the size of the batch") {
  const auto dataset = counting_dataset(50);
  const auto order = labels_of(dataset.batches(4, {.seed = 1, .epoch = 2}));
  CHECK(order == labels_of(dataset.batches(7, {.seed = 1, .epoch = 2})));
  CHECK(order != labels_of(dataset.batches(4, {.seed = 1, .epoch = 3})));
  CHECK(order != labels_of(dataset.batches(4, {.seed = 2, .epoch = 2})));
  CHECK(order != counting(50));
}

TEST_CASE("batches in order are views of the dataset") {
  const auto dataset = counting_dataset(5);
  for (const auto& [x, y] : dataset.batches(4)) {
    CHECK_FALSE(x.owns_its_numbers());
    CHECK_FALSE(y.owns_its_numbers());
  }
  auto batches = dataset.batches(5);
  CHECK(batches.begin()->images.bytes() == dataset.images.bytes());
}

TEST_CASE("shuffled batches take turns with the same buffers from the first to the last") {
  const auto dataset = counting_dataset(19);
  std::vector<const std::byte*> images, labels;
  for (const auto& [x, y] : dataset.batches(4, {.seed = 1})) {
    images.push_back(x.bytes());
    labels.push_back(y.bytes());
  }
  REQUIRE(images.size() == 5);
  for (std::size_t batch = 2; batch < 5; ++batch) {
    CHECK(images[batch] == images[batch - 2]);
    CHECK(labels[batch] == labels[batch - 2]);
  }
}

TEST_CASE("chosen rows come alone, in their order or shuffled, from any batch on") {
  const auto dataset = counting_dataset(9);
  const std::vector<std::int64_t> rows{8, 1, 2, 5, 4};
  CHECK(labels_of(dataset.batches(BatchOptions{.size = 2, .rows = rows})) == rows);
  auto shuffled = labels_of(dataset.batches(BatchOptions{.size = 2, .shuffle = Shuffle{1, 1}, .rows = rows}));
  const std::vector<std::int64_t> last{shuffled.begin() + 2, shuffled.end()};
  CHECK(labels_of(dataset.batches(
            BatchOptions{.size = 2, .shuffle = Shuffle{1, 1}, .rows = rows, .first = 1})) == last);
  CHECK(labels_of(dataset.batches(BatchOptions{.size = 2, .rows = rows, .first = 3})).empty());
  CHECK(labels_of(dataset.batches(BatchOptions{.size = 4, .first = 2})) == std::vector<std::int64_t>{8});
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == std::vector<std::int64_t>{1, 2, 4, 5, 8});
  CHECK_REFUSED(ShapeError, dataset.batches(BatchOptions{.rows = {{9}}}), "row 9 of a dataset of 9");
  CHECK_REFUSED(ShapeError, dataset.batches(BatchOptions{.first = -1}), "the batch -1 to begin with");
}

TEST_CASE("batches too large for one piece have every row of every axis") {
  Dataset dataset{Array{{40, 50, 50}}, Array{{40}, DType::int32}};  // pieces of 3 rows
  for (std::int64_t i = 0; i < dataset.images.size(); ++i)
    dataset.images.values<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i);
  for (std::int32_t row = 0; row < 40; ++row)
    dataset.labels.values<std::int32_t>()[static_cast<std::size_t>(row)] = row;
  std::int64_t seen = 0;
  for (const auto& [x, y] : dataset.batches(16, {.seed = 3})) {
    for (std::int64_t i = 0; i < x.size(); ++i)
      REQUIRE(x.at(i) == 2500 * y.at(i / 2500) + static_cast<double>(i % 2500));
    seen += y.size();
  }
  CHECK(seen == 40);
}

TEST_CASE("a pass can be started again, also after it was moved") {
  const auto dataset = counting_dataset(9);
  auto batches = dataset.batches(4, {.seed = 1});
  std::vector<std::int64_t> first;
  for (const auto& [x, y] : batches)
    for (std::int64_t row = 0; row < y.size(); ++row) first.push_back(static_cast<std::int64_t>(y.at(row)));
  CHECK(labels_of(std::move(batches)) == first);
}

TEST_CASE("batches keep the other axes and any dtype") {
  const Dataset dataset{Array::of<std::uint8_t>({2, 1, 2}, {1, 2, 3, 4}),
                        Array::of<double>({2, 2}, {1, 0, 0, 1})};
  for (const auto& [x, y] : dataset.batches(2)) {
    CHECK_THAT(x, equals(dataset.images));
    CHECK_THAT(y, equals(dataset.labels));
  }
}

TEST_CASE("batches refuse rows without a partner and sizes below 1") {
  const Dataset uneven{Array{{3, 2}}, Array{{2}, DType::int32}};
  CHECK_REFUSED(DataError, uneven.batches(2), "images of [3, 2] and labels of [2] do not go together");
  const Dataset scalar{Array{{}}, Array{{}, DType::int32}};
  CHECK_REFUSED(DataError, scalar.batches(2), "do not go together");
  const auto dataset = counting_dataset(3);
  CHECK_REFUSED(ShapeError, dataset.batches(0), "a batch of 0 samples");
  CHECK_REFUSED(ShapeError, dataset.batches(-1, {.seed = 1}), "a batch of -1 samples");
}
