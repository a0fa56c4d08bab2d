#include <retrograph/models/data/mnist.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include <fmt/format.h>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("mnist reads both sets: pixels from 0 to 1, labels to int32") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 12, 3);
  const auto data = mnist(folder.path());
  CHECK(data.train.images.extents() == Extents{12, 784});
  CHECK(data.test.images.extents() == Extents{3, 784});
  CHECK_THAT(data.train.labels, equals(Array::of<std::int32_t>({12}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1})));

  // Image 0, row 0: columns 0 and 1 are bright, 200 + 0 and 200 + 7; column 2 is 14.
  const auto pixels = data.train.images.values<float>();
  CHECK(pixels[0] == 200 / 255.0f);
  CHECK(pixels[1] == 207 / 255.0f);
  CHECK(pixels[2] == 14 / 255.0f);
}

TEST_CASE("mnist takes pixel 255 to exactly 1 and 0 to 0") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 1, 1);
  Bytes pixels(784, 255);
  pixels[0] = 0;
  write_file(folder / "train-images-idx3-ubyte", idx_bytes({1, 28, 28}, pixels));
  const auto data = mnist(folder.path());
  CHECK(data.train.images.at(0) == 0);
  CHECK(data.train.images.at(1) == 1);
}

TEST_CASE("mnist finds every spelling of its files") {
  for (const std::string dot : {"-", "."})
    for (const std::string ending : {"", ".gz"}) {
      const TemporaryFolder folder;
      const auto write = [&](const std::string& name, const Bytes& bytes) {
        write_file(folder / (name + "-ubyte" + ending), ending.empty() ? bytes : gzipped(bytes));
      };
      write("train-images" + dot + "idx3", digit_images(4));
      write("train-labels" + dot + "idx1", digit_labels(4));
      write("t10k-images" + dot + "idx3", digit_images(2));
      write("t10k-labels" + dot + "idx1", digit_labels(2));
      CHECK(mnist(folder.path()).train.size() == 4);
      CHECK(mnist(folder.path()).test.size() == 2);
    }
}

TEST_CASE("mnist names what it looked for and says where to get it") {
  const TemporaryFolder folder;
  CHECK_REFUSED(FileError, mnist(folder / "absent"),
                "there is no folder '" + (folder / "absent").string() + "'");
  CHECK_REFUSED(FileError, mnist(folder / "absent"), "run ./tools/mnist");

  write_mnist(folder.path(), 2, 2);
  std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
  CHECK_REFUSED(FileError, mnist(folder.path()),
                "no t10k-labels-idx1-ubyte in '" + folder.path().string() + "', nor with .idx or .gz");
  CHECK_REFUSED(FileError, mnist(folder.path()), "run ./tools/mnist");
}

TEST_CASE("mnist refuses images and labels that do not fit together, or are none") {
  const TemporaryFolder folder;
  const auto check_refused = [&](const std::string& file, const Bytes& bytes, const std::string& words) {
    write_mnist(folder.path(), 4, 2);
    write_file(folder / file, bytes);
    CHECK_REFUSED(DataError, mnist(folder.path()), folder.path().string());
    CHECK_REFUSED(DataError, mnist(folder.path()), words);
  };
  check_refused("train-labels-idx1-ubyte", digit_labels(3), "train-labels-idx1-ubyte' 3 labels");
  check_refused("t10k-images-idx3-ubyte", digit_images(5), "holds 5 images");
  check_refused("train-labels-idx1-ubyte", idx_bytes({4}, {0, 9, 10, 1}),
                fmt::format("training label 2 in '{}' is 10, not in 0 .. 9", folder.path().string()));
  check_refused("train-labels-idx1-ubyte", digit_images(4),
                "train-labels-idx1-ubyte' holds [4, 28, 28], not labels of [samples]");
  check_refused("train-images-idx3-ubyte", digit_labels(4),
                "train-images-idx3-ubyte' holds [4], not images of [samples, height, width]");
  check_refused("train-images-idx3-ubyte", idx_bytes({4, 14, 56}, Bytes(4 * 784)),
                "has images of 14 x 56 to train on and of 28 x 28 to judge by");

  write_mnist(folder.path(), 4, 2);
  for (const std::string set : {"train", "t10k"})
    write_file(folder / (set + "-images-idx3-ubyte"),
               idx_bytes({set == "train" ? 4u : 2u, 14, 56}, Bytes((set == "train" ? 4 : 2) * 784)));
  CHECK_REFUSED(DataError, mnist(folder.path()), "are [4, 14, 56], not [samples, 28, 28]");

  write_mnist(folder.path(), 0, 2);
  CHECK_REFUSED(DataError, mnist(folder.path()), "holds no images");
}
