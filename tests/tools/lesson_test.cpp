#include <retrograph/graph/draw/render.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

using namespace retrograph::test;
using nlohmann::json;

namespace {

/// A folder of 120 digits, and runs of `lesson` on them.
class Lesson {
 public:
  Lesson() { write_mnist(folder_.path(), 120, 20); }

  std::string path(std::string_view name) const { return folder_ / name; }
  ProgramRun run(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"lesson",   "--data", folder_.path().string(), "--seeds", "2",
                                 "--epochs", "6"};
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all);
  }
  json json_of(std::vector<std::string> more) const {
    more.insert(more.end(), {"--json", path("lesson.json")});
    const auto result = run(more);
    CHECK(result.exit_code == 0);
    CHECK(result.errors.empty());
    return json::parse(read_file(path("lesson.json")));
  }

 private:
  TemporaryFolder folder_;
};

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (auto place = text.find(words); place != std::string::npos; place = text.find(words, place + 1))
    ++found;
  return found;
}

/// Of all elements.
std::vector<std::string> ids(const std::string& page) {
  const std::string mark = " id=\"";
  std::vector<std::string> all;
  for (auto place = page.find(mark); place != std::string::npos; place = page.find(mark, place + 1)) {
    const auto begin = place + mark.size();
    all.push_back(page.substr(begin, page.find('"', begin) - begin));
  }
  return all;
}

}  // namespace

TEST_CASE("lesson prints its table beside the original's and answers each statement with yes or no") {
  const Lesson lesson;
  const auto run = lesson.run({"--original"});
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  for (const auto* words : {"100 digits, 784-30-10, hidden sigmoid(net / 78.5), softmax",
                            "6 epochs, seeds 11 to 12\n",
                            "hidden rate 785 = 10 * 78.5",
                            "\noutput rate 10 ",
                            "\noutput rate 1 ",
                            "\noutput rate 0.1 ",
                            "27.8 %     2.12         0         0\n",
                            "the original: 4, 5, 4, 4, 5",
                            "  yes  delta is a - y by central differences: ",
                            "  yes  delta is a - y by automatic differentiation",
                            "  yes  dE/da = -y / a",
                            "  yes  each row of that Jacobian adds up to 0",
                            "  no   the original's hidden gradient",
                            "it is 78.5000 times the slope",
                            "  yes  the gradient check is of the net that is trained",
                            "  no   that the nets are there is why steps are too large",
                            "  yes  at output rate 10 some steps are too large, at 0.1 none is",
                            "(10 % is guessing)",
                            "  yes  softmax of (710, 0) is (1, 0): (1, 4.48e-309)",
                            "  yes  softmax of (-746, -746) is (0.5, 0.5): (0.5, 0.5)",
                            "  yes  the loss of (0, -746) with the second as label is 746: 746",
                            "  yes  of (NaN, NaN) the first is taken",
                            "\nWhat is said of the demo is of 6 epochs; the lesson's are 50.\n",
                            "  yes  batches of 32 leave none of 100 digits out: 4 batches with 100 digits"})
    CHECK_THAT(run.output, contains(words));
  CHECK(run.output.find("\n   10 ") == std::string::npos);  // of six epochs
}

TEST_CASE("lesson writes the epochs of each rate and seed as JSON") {
  const Lesson lesson;
  const auto runs = lesson.json_of({"--original"});
  REQUIRE(runs.size() == 6);
  std::size_t place = 0;
  for (const double rate : {10.0, 1.0, 0.1})
    for (const int seed : {11, 12}) {
      const auto& run = runs[place++];
      CHECK(run["rate"] == rate);
      CHECK(run["hidden_rate"] == 785);
      CHECK(run["seed"] == seed);
      REQUIRE(run["epochs"].size() == 6);
      for (const auto& epoch : run["epochs"]) {
        const double accuracy = epoch["accuracy"];
        CHECK((accuracy >= 0 && accuracy <= 1));
        CHECK(std::abs(100 * accuracy - std::round(100 * accuracy)) < 1e-9);
        CHECK(epoch["loss"] > 0);
        CHECK(epoch["not_finite"] == 0);
        CHECK(epoch["too_small"] >= 0);
        CHECK(epoch["sigmoid_too_large"] >= 0);
        if (rate < 10) CHECK(epoch["too_large"] == 0);
      }
    }
  CHECK(runs[0]["epochs"][0]["too_large"] > 0);
  CHECK(runs[0]["epochs"] != runs[1]["epochs"]);
  CHECK(runs[4]["epochs"][5]["accuracy"] > 0.9);  // such digits are easy
}

TEST_CASE("lesson takes the hidden rate at its word unless it is told to train as the original") {
  const Lesson lesson;
  const auto correct = lesson.json_of({}), original = lesson.json_of({"--original"});
  CHECK(correct[4]["hidden_rate"] == 10);
  CHECK(correct[4]["epochs"][5]["accuracy"] < original[4]["epochs"][5]["accuracy"]);
  CHECK_THAT(lesson.run({}).output, contains("hidden rate 10 with the right gradient"));
}

TEST_CASE("lesson writes a page that needs nothing else, with all that it prints") {
  const Lesson lesson;
  const auto run = lesson.run({"--original", "-o", lesson.path("lesson.html")});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("wrote " + lesson.path("lesson.html") + "\n"));
  const auto page = read_file(lesson.path("lesson.html"));
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.ends_with("</html>\n"));
  for (const auto* tag : {"math", "table", "tr", "td", "svg", "figure", "div", "p", "g", "text"})
    CHECK(count(page, fmt::format("<{}>", tag)) + count(page, fmt::format("<{} ", tag)) ==
          count(page, fmt::format("</{}>", tag)));
  CHECK(count(page, "<td class=\"words answer yes\">yes</td>") == count(run.output, "\n  yes  "));
  CHECK(count(page, "<td class=\"words answer no\">no</td>") == count(run.output, "\n  no   "));
  CHECK(count(page, "<math") == 5);
  CHECK(count(page, "<svg class=\"chart\"") == 12);
  CHECK_THAT(page, contains("10 · 78.5 = 785"));
  CHECK_THAT(page, contains("which is why <code>--original</code> trains"));
  CHECK(count(page, "<div class=\"wide\"><math") ==
        5);  // a formula scrolls where it is wider than the window
  CHECK(count(page, "<img alt=\"100 handwritten digits") == 1);
  // Of addresses there are the names of SVG and nothing that is fetched.
  CHECK(count(page, "://") == count(page, "http://www.w3.org/"));
  for (const auto* words : {"<script", "url(", "@import"}) CHECK(count(page, words) == 0);
  CHECK(count(page, "src=") == count(page, "src=\"data:image/png;base64,"));
  CHECK(count(page, "<link") == count(page, "<link rel=\"icon\" href=\"data:,\">"));
  if (!retrograph::can_render()) return;
  CHECK(count(page, "<figure>") == 2);
  const auto names = ids(page);
  CHECK(std::set<std::string>{names.begin(), names.end()}.size() == names.size());
}

TEST_CASE("lesson comes to the same bits on any number of threads") {
  const Lesson lesson;
  CHECK(lesson.json_of({"--threads", "1"}) == lesson.json_of({"--threads", "3"}));
}

TEST_CASE("lesson says what is wrong with its data and its files") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 90, 10);
  const auto few = run_program({"lesson", "--data", folder.path().string()});
  CHECK(few.exit_code == 1);
  CHECK_THAT(few.errors, contains("retrograph: there are 9 images of the digit 0, and the lesson takes 10"));
  CHECK(run_program({"lesson", "--data", folder / "none"}).exit_code == 1);

  const Lesson lesson;
  const auto nowhere = lesson.run({"--json", lesson.path("none/lesson.json")});
  CHECK(nowhere.exit_code == 1);
  CHECK_THAT(nowhere.errors, contains("none/lesson.json"));
  CHECK(nowhere.output.empty());  // before any work is done
  const auto onto_folder = lesson.run({"--json", lesson.path("")});
  CHECK(onto_folder.exit_code == 1);
  CHECK_THAT(onto_folder.errors, contains("Is a directory"));
  CHECK(onto_folder.output.empty());
  const auto no_page = lesson.run({"-o", lesson.path("lesson.pdf")});
  CHECK(no_page.exit_code == 2);
  CHECK_THAT(no_page.errors, contains("is not a name that ends in .html"));
}
