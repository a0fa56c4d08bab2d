#include <retrograph/models/data/csv.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include <fmt/format.h>

using namespace retrograph;
using namespace retrograph::test;

namespace {

using Names = std::vector<std::string>;

Dataset read(std::string_view text, const CsvOptions& options = {}) {
  const TemporaryFolder folder;
  return read_csv(write_file(folder / "table.csv", text), options);
}

void check_refused(std::string_view text, const std::string& words, const CsvOptions& options = {}) {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "table.csv", text);
  CHECK_REFUSED(DataError, read_csv(path, options), fmt::format("'{}' {}", path.string(), words));
}

Array labels(std::initializer_list<std::int32_t> values) {
  return Array::of<std::int32_t>({static_cast<std::int64_t>(values.size())}, values);
}

}  // namespace

TEST_CASE("read_csv reads numbers of every spelling, and classes in the order of their names") {
  const auto data = read("5.1,-3.5e2,setosa\n  +2 , .25,virginica\n1,1e-3,setosa\n0,0,crocus\n");
  CHECK_THAT(data.images, equals(Array::of<float>({4, 2}, {5.1f, -350, 2, 0.25f, 1, 0.001f, 0, 0})));
  CHECK_THAT(data.labels, equals(labels({1, 2, 1, 0})));
  CHECK(data.class_names == Names{"crocus", "setosa", "virginica"});
}

TEST_CASE("read_csv orders classes that are whole numbers as numbers") {
  const auto data = read("0,10\n0,9\n0,-1\n");
  CHECK_THAT(data.labels, equals(labels({2, 1, 0})));
  CHECK(data.class_names == Names{"-1", "9", "10"});
  CHECK(read("0,10\n0,9\n0,x\n").class_names == Names{"10", "9", "x"});
}

TEST_CASE("read_csv knows a header, and finds the label column by name, by number or at the end") {
  const auto expected = Array::of<float>({2, 2}, {1, 2, 3, 4});
  const auto check = [&](std::string_view text, const CsvOptions& options = {}) {
    CAPTURE(text);
    const auto data = read(text, options);
    CHECK_THAT(data.images, equals(expected));
    CHECK_THAT(data.labels, equals(labels({0, 1})));
    CHECK(data.class_names == Names{"7", "8"});
  };
  check("1,2,7\n3,4,8\n");
  check("a,b,c\n1,2,7\n3,4,8\n");
  check("a,label,b\n1,7,2\n3,8,4\n");
  check("class,a,b\n7,1,2\n8,3,4\n");
  check("a,b,c\n7,1,2\n8,3,4\n", {.label = "a"});
  check("7,1,2\n8,3,4\n", {.label = "0"});
  check("1;7;2\n3;8;4\n", {.label = "1", .separator = ';'});
}

TEST_CASE("read_csv takes quotes, ends of lines of every system, empty lines and gzip") {
  const auto data = read("\xef\xbb\xbfx,y\r\n\r\n\"1\",\"a, \"\"b\"\"\"\r\n\n2 , \"c\" ");
  CHECK_THAT(data.images, equals(Array::of<float>({2, 1}, {1, 2})));
  CHECK(data.class_names == Names{"a, \"b\"", "c"});

  const TemporaryFolder folder;
  const std::string text = "1,a\n2,b\n";
  const auto path = write_file(folder / "table.csv.gz", gzipped({text.begin(), text.end()}));
  CHECK_THAT(read_csv(path).labels, equals(labels({0, 1})));
}

TEST_CASE("read_csv reads lines across the pieces in which a file comes") {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += fmt::format("{},{},{}\n", i, i * 0.5, i % 3);
  const auto data = read(text);
  REQUIRE(data.size() == 40'000);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < data.size(); ++i)
    wrong += data.images.at(2 * i) != static_cast<double>(i) ||
             data.images.at(2 * i + 1) != 0.5 * static_cast<double>(i) ||
             data.labels.at(i) != static_cast<double>(i % 3);
  CHECK(wrong == 0);
}

TEST_CASE("read_csv takes the classes of a training set for a test set") {
  const CsvOptions options{.class_names = {"red", "green", "blue"}};
  const auto data = read("1,blue\n2,red\n", options);
  CHECK_THAT(data.labels, equals(labels({2, 0})));
  CHECK(data.class_names == options.class_names);
  check_refused("1,blue\n2,yellow\n",
                "line 2, column 2 has the class 'yellow', which is not among red, green, blue", options);
}

TEST_CASE("read_csv takes the columns of a training set for a test set, where both name them") {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "train.csv", "\nwidth,height,label\n1,2,a\n");
  const auto columns = csv_columns(path);
  CHECK(columns == Names{"width", "height", "label"});
  CHECK(read("3,4,b\n", {.columns = columns}).size() == 1);
  CHECK(read("width,height,label\n3,4,b\n", {.columns = columns}).size() == 1);
  check_refused("height,width,label\n3,4,b\n",
                "has the columns height, width, label, and was to have width, height, label",
                {.columns = columns});
  CHECK(csv_columns(write_file(path, "1,2,a\n")).empty());
  CHECK(csv_columns(write_file(path, "")).empty());
}

TEST_CASE("read_csv names line and column of a mistake") {
  check_refused("1,2,a\n3,x4,b\n", "line 2, column 2 is no number: 'x4'");
  check_refused("width,height,class\n1,2,a\n\n3,,b\n", "line 4, column 2 (height) is no number: ''");
  check_refused("1,2,a\n3,4 5,b\n", "line 2, column 2 is no number: '4 5'");
  check_refused("1,2,a\n3,1e999,b\n", "line 2, column 2 is no number: '1e999'");
  check_refused("1,2,a\nnan,4,b\n", "line 2, column 1 is not finite: 'nan'");
  check_refused("1,2,a\n3,inf,b\n", "line 2, column 2 is not finite: 'inf'");
  check_refused("1,2,a\n3,b\n", "line 2 has 2 cells, and those before have 3");
  check_refused("1,2,a\n3,4,b,\n", "line 2 has 4 cells, and those before have 3");
  check_refused("1,2,a\n3,4,\n", "line 2, column 3 is to be a label, and is empty");
  check_refused("1,2,\"a\n3,4,b\n", "line 1 has quotes that do not end in it");
  check_refused("1,2,\"a\"b\n", "line 1, column 3 has something behind its quotes");
}

TEST_CASE("read_csv says what it cannot show: other encodings than UTF-8, and bytes that are no text") {
  check_refused("1,2,caf\xe9\n", "line 1, column 3 is no UTF-8: 'caf?'");
  check_refused(std::string{"1,2,a\n3,4\0,b\n", 13}, "line 2, column 2 is no number: '4?'");
  check_refused(std::string{"\xff\xfe"
                            "1\0,\0a\0\n\0",
                            10},
                "is UTF-16, and is to be UTF-8");
  CHECK(read("1,2,caf\xc3\xa9\n").class_names == std::vector<std::string>{"caf\xc3\xa9"});
}

TEST_CASE("read_csv refuses tables without samples, columns or the label that is asked for") {
  check_refused("", "has no samples");
  check_refused("a,b\n", "has no samples");
  check_refused("1\n2\n", "has a single column, and needs numbers and a label");
  check_refused("1;2\n", "has a single column");
  check_refused("a,b\n1,2\n", "has no column 'c'\n  hint: there are a, b", {.label = "c"});
  check_refused("a,b\n1,2\n", "has no column 2: it has 2, counted from 0", {.label = "2"});
  const TemporaryFolder folder;
  CHECK_REFUSED(FileError, read_csv(folder / "absent.csv"), "cannot read");
  check_refused(std::string((std::size_t{1} << 24) + 2, '1'),
                "line 1 is longer than 16777216 bytes: is it text?");
}
