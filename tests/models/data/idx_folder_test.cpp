#include <retrograph/models/data/idx_folder.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

Bytes images(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
  Bytes pixels;
  for (std::uint32_t i = 0; i < count * height * width; ++i) pixels.push_back(static_cast<std::uint8_t>(i));
  return idx_bytes({count, height, width}, pixels);
}

Bytes labels(const Bytes& values) {
  return idx_bytes({static_cast<std::uint32_t>(values.size())}, values);
}

}  // namespace

TEST_CASE("idx_folder takes extents from the files, and any labels") {
  const TemporaryFolder folder;
  write_file(folder / "emnist-letters-train-images-idx3-ubyte.gz", gzipped(images(3, 2, 5)));
  write_file(folder / "emnist-letters-train-labels-idx1-ubyte.gz", gzipped(labels({26, 1, 7})));
  write_file(folder / "emnist-letters-test-images-idx3-ubyte", images(1, 2, 5));
  write_file(folder / "emnist-letters-test-labels.idx1-ubyte", labels({2}));
  write_file(folder / "emnist-letters-mapping.txt", "1 65");
  const auto data = idx_folder(folder.path());
  CHECK(data.train.images.extents() == Extents{3, 2, 5});
  CHECK(data.test.images.extents() == Extents{1, 2, 5});
  CHECK(data.train.images.at(29) == 29 / 255.0f);
  CHECK_THAT(data.train.labels, equals(Array::of<std::int32_t>({3}, {26, 1, 7})));
  CHECK_THAT(data.test.labels, equals(Array::of<std::int32_t>({1}, {2})));
}

TEST_CASE("idx_folder takes a file and its .gz for one, and asks where there are several data sets") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 4, 2);
  write_file(folder / "train-labels-idx1-ubyte.gz", gzipped(digit_labels(4)));
  CHECK(idx_folder(folder.path()).train.size() == 4);

  write_file(folder / "other-train-labels-idx1-ubyte", digit_labels(4));
  CHECK_REFUSED(FileError, idx_folder(folder.path()),
                "has several data sets: other-train-labels-idx1-ubyte, train-labels-idx1-ubyte, "
                "train-labels-idx1-ubyte.gz\n  hint: give each a folder of its own");
}

TEST_CASE("idx_folder takes the names of classes from classes.txt, and only as many as there are labels") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 4, 3);  // labels 0 to 3, and 0 to 2
  CHECK(idx_folder(folder.path()).train.class_names.empty());
  const std::vector<std::string> names{"T-shirt/top", "Hose", "Ärmel", "3"};
  for (const std::string text : {"T-shirt/top\nHose\nÄrmel\n3", "T-shirt/top\r\nHose\r\nÄrmel\r\n3\r\n"}) {
    write_file(folder / "classes.txt", text);
    const auto data = idx_folder(folder.path());
    CHECK(data.train.class_names == names);
    CHECK(data.test.class_names == names);
  }
  const auto check_refused = [&](const std::string& text, const std::string& words) {
    write_file(folder / "classes.txt", text);
    CHECK_REFUSED(DataError, idx_folder(folder.path()), words);
  };
  check_refused("a\nb\nc\n", "has 3 names, and labels are of 4 classes");
  check_refused("a\nb\nc\nd\ne\n", "has 5 names, and labels are of 4 classes");
  check_refused("", "has 0 names");
  check_refused("a\n\nc\nd\n", "line 2: a class has a name that is empty");
  check_refused("a\nb\nc\n\xff\n", "line 4: a class has a name that is no UTF-8");
  check_refused(std::string(100'000, 'a'), "is no list of class names, or has more than 64 KiB");
  std::filesystem::remove(folder / "classes.txt");
  std::filesystem::create_directory(folder / "classes.txt");
  CHECK_REFUSED(DataError, idx_folder(folder.path()), "is no list of class names");
}

TEST_CASE("idx_folder refuses what does not go together") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 4, 2);
  write_file(folder / "t10k-images-idx3-ubyte", images(2, 14, 28));
  CHECK_REFUSED(DataError, idx_folder(folder.path()),
                "has images of 28 x 28 to train on and of 14 x 28 to judge by");
  write_file(folder / "t10k-images-idx3-ubyte", images(2, 0, 28));
  CHECK_REFUSED(DataError, idx_folder(folder.path()), "t10k-images-idx3-ubyte' holds no images");
  write_file(folder / "t10k-images-idx3-ubyte", images(3, 28, 28));
  CHECK_REFUSED(DataError, idx_folder(folder.path()), "t10k-labels-idx1-ubyte' 2 labels");
}
