#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "support/png_files.hpp"
#include "tools/program.hpp"
#include <fmt/format.h>

using namespace retrograph::test;

namespace {

/// Data in a folder, and weights that were trained on them.
class Data {
 public:
  std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }
  std::string path(std::string_view name) const { return folder_ / name; }

  ProgramRun train(std::string_view data, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"train", "mlp", "--hidden", "32", "--batch", "4", "--epochs", "60", "--data",
                               path(data), "--save", path("weights")});
    return run_program(more);
  }
  ProgramRun evaluate(std::string_view data) const {
    return run_program({"evaluate", "--load", path("weights"), "--data", path(data)});
  }
  ProgramRun predict(std::string_view data, const std::string& sample) const {
    return run_program({"predict", sample, "--load", path("weights"), "--data", path(data)});
  }

  /// Pictures of 6 x 4 pixels: light above in one class, below in the other.
  void add_pictures(const std::string& folder, int count) const {
    for (const std::string name : {"up", "down"}) {
      std::filesystem::create_directories(folder_ / folder / name);
      for (int i = 0; i < count; ++i) {
        Bytes pixels(24, static_cast<std::uint8_t>(5 * i));
        std::fill_n(pixels.begin() + (name == "up" ? 0 : 12), 12, static_cast<std::uint8_t>(250 - i));
        write_file(folder_ / folder / name / fmt::format("{}.png", i), grey_png(6, 4, pixels));
      }
    }
  }

 private:
  TemporaryFolder folder_;
};

/// Two classes that a line tells apart.
std::string table(int rows) {
  std::string text = "x,y,kind\n";
  for (int i = 0; i < rows; ++i)
    text += fmt::format("{},{},{}\n", i % 7, i % 2 == 0 ? 3 : -3, i % 2 == 0 ? "above" : "below");
  return text;
}

void check_right(const ProgramRun& run, const std::string& words) {
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  CHECK_THAT(run.output, contains(words));
}

void check_fails(const ProgramRun& run, const std::string& words) {
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains(words));
}

}  // namespace

TEST_CASE("only square pictures are moved, no table and no other pictures of as many numbers") {
  const Data data;
  std::string rows = "a,b,c,d,kind\n";
  for (int i = 0; i < 24; ++i) rows += fmt::format("{0},{0},1,2,{1}\n", i, i % 2 == 0 ? "even" : "odd");
  write_file(data / "square.csv", rows);
  data.add_pictures("oblong", 6);
  for (const std::string option : {"--shift", "--rotate"}) {
    check_fails(data.train("square.csv", {option, "1"}),
                "--shift and --rotate are for square pictures, and a sample of '" + data.path("square.csv") +
                    "' is a row of a table");
    check_fails(data.train("oblong", {option, "1"}), "a sample of '" + data.path("oblong") + "' is [4, 6]");
  }
  check_right(data.train("square.csv", {"--noise", "0.1"}), "noise 0.1");
}

TEST_CASE("classes of an idx folder have the names in its classes.txt") {
  const Data data;
  std::filesystem::create_directory(data / "idx");
  write_mnist(data / "idx", 40, 20);
  write_file(data / "idx/classes.txt",
             "Top\nTrouser\nPullover\nDress\nCoat\nSandal\nShirt\nSneaker\nBag\nBoot\n");
  check_right(data.train("idx"), "40 training and 20 test samples\n");
  check_right(data.evaluate("idx"), "\nTrouser ");
  check_right(data.predict("idx", "3"), "Dress");
}

TEST_CASE("train, evaluate and predict take idx files of other extents and classes") {
  const Data data;
  std::filesystem::create_directory(data / "idx");
  for (const std::string set : {"letters-train", "letters-test"}) {
    Bytes pixels, labels;
    for (std::uint8_t i = 0; i < 24; ++i) {
      labels.push_back(i % 12);
      for (std::uint8_t pixel = 0; pixel < 12; ++pixel) pixels.push_back(pixel == i % 12 ? 255 : i);
    }
    write_file(data / ("idx/" + set + "-images-idx3-ubyte"), idx_bytes({24, 3, 4}, pixels));
    write_file(data / ("idx/" + set + "-labels-idx1-ubyte"), idx_bytes({24}, labels));
  }
  check_right(data.train("idx"),
              "12-32-12 relu, sgd 0.1, batch 4, seed 1, 24 training and 24 test samples\n");
  check_right(data.train("idx"), "guessing: ln(12) = 2.4849");
  check_right(data.evaluate("idx"), "accuracy 100.00 %");
  check_right(data.predict("idx", "23"), "test sample 23: 11 with ");
  check_fails(run_program({"train", "lenet", "--data", data.path("idx")}),
              "lenet is for images of 28 x 28, and these are [3, 4]");
}

TEST_CASE("train, evaluate and predict take folders of pictures, with the names of their classes") {
  const Data data;
  data.add_pictures("pictures", 12);
  check_right(data.train("pictures"),
              "24-32-2 relu, sgd 0.1, batch 4, seed 1, 20 training and 4 test samples");
  check_right(data.evaluate("pictures"), "accuracy 100.00 %");
  check_right(data.evaluate("pictures"), "\ndown ");
  check_right(data.predict("pictures", data.path("pictures/up/3.png")), "up/3.png: up with ");

  data.add_pictures("sets/train", 5);
  data.add_pictures("sets/test", 3);
  check_right(data.train("sets"), "10 training and 6 test samples");
  std::filesystem::remove_all(data / "sets/test/up");
  check_fails(data.train("sets"), "has the classes down, up to train on and down to judge by");
}

TEST_CASE("evaluate shortens the names of classes by letters, not within one") {
  const Data data;
  data.add_pictures("pictures", 12);
  std::filesystem::rename(data / "pictures/up",
                          data / "pictures/\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4");
  std::filesystem::rename(data / "pictures/down",
                          data / "pictures/abc\u00f6\u00f6\u00f6\u00f6\u00f6\u00f6def");
  check_right(data.train("pictures"), "24-32-2 relu");
  const auto run = data.evaluate("pictures");
  check_right(run, "  abc\u00f6\u00f6\u00f6\u00f6\u00f6\u00f6.  ");
  check_right(run, "  \u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\n");  // ten letters
}

TEST_CASE("train, evaluate and predict take tables") {
  const Data data;
  write_file(data / "table.csv", table(60));
  check_right(data.train("table.csv"),
              "2-32-2 relu, sgd 0.1, batch 4, seed 1, 50 training and 10 test samples");
  check_right(data.evaluate("table.csv"), "accuracy 100.00 %");
  const auto prediction = data.predict("table.csv", "0").output;
  CHECK_THAT(prediction, contains(", as labelled"));
  CHECK_THAT(prediction, contains("above"));
  check_fails(data.predict("table.csv", data.path("a.png")),
              "is a picture, and the model is for samples of [2]");

  std::filesystem::create_directory(data / "tables");
  write_file(data / "tables/train.csv", table(20));
  write_file(data / "tables/test.csv", "0,3,above\n");
  check_right(data.train("tables"), "20 training and 1 test samples");
  check_right(data.evaluate("tables"), "2-32-2 relu, 1 test samples");
  write_file(data / "tables/test.csv", "0,3,1,above\n");
  check_fails(data.train("tables"), "has [20, 2] to train on and [1, 3] to judge by");
  write_file(data / "tables/test.csv", "y,x,kind\n3,0,above\n");
  check_fails(data.train("tables"), "has the columns y, x, kind, and was to have x, y, kind");
}

TEST_CASE("evaluate and predict refuse data that the model does not know") {
  const Data data;
  data.add_pictures("pictures", 6);
  write_file(data / "table.csv", table(24));
  check_right(data.train("pictures"), "24-32-2");
  check_fails(data.evaluate("table.csv"), "has samples of [2], and the model knows [4, 6]");
  std::filesystem::rename(data / "pictures/up", data / "pictures/upwards");
  check_fails(data.predict("pictures", "0"), "has the classes down, upwards, and the model knows down, up");
  write_file(data / "few.csv", "1,a\n2,b\n");
  check_fails(data.train("few.csv"), "has 2 samples: too few to hold some out for the test");
}
