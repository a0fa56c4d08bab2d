#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <nlohmann/json.hpp>

#include <sstream>

using namespace retrograph::test;

namespace {

/// Weights that were trained on 100 digits, and 20 digits to judge them by.
class Trained {
 public:
  explicit Trained(std::vector<std::string> options) {
    write_mnist(folder_.path(), 100, 20);
    options.insert(options.begin(), {"train", "mlp", "--data", folder_.path().string(), "--log",
                                     folder_ / "log.jsonl", "--save", weights()});
    const auto run = run_program(options);
    REQUIRE(run.errors.empty());
    training_ = run.output;
  }

  std::string path(std::string_view name) const { return folder_ / name; }
  std::string weights() const { return path("weights.safetensors"); }
  const std::string& training() const { return training_; }

  ProgramRun evaluate(std::vector<std::string> options) const {
    options.insert(options.begin(), {"evaluate", "--data", folder_.path().string()});
    return run_program(options);
  }

 private:
  TemporaryFolder folder_;
  std::string training_;
};

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  return text.substr(text.find_last_of('\n', end) + 1, end - text.find_last_of('\n', end));
}

}  // namespace

TEST_CASE("evaluate judges saved weights as their training did, and is not told their options again") {
  const Trained trained{{"--hidden", "12,9", "--activation", "tanh", "--epochs", "2", "--batch", "10"}};
  const auto log = nlohmann::json::parse(last_line(read_file(trained.path("log.jsonl"))));
  const auto run = trained.evaluate({"--load", trained.weights()});
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  CHECK_THAT(run.output, contains("784-12-9-10 tanh, 20 test samples of "));
  std::ostringstream sentence;
  sentence.setf(std::ios::fixed);
  sentence.precision(4);
  sentence << "loss " << log["test_loss"].get<double>();
  sentence.precision(2);
  sentence << "  accuracy " << 100 * log["test_accuracy"].get<double>() << " %  among the first 3 "
           << 100 * log["summary"]["top_3_accuracy"].get<double>() << " %\n";
  CHECK_THAT(run.output, contains(sentence.str()));

  std::istringstream lines{run.output.substr(run.output.find("labelled by row"))};
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  for (std::size_t label = 0; label < 10; ++label) {
    std::getline(lines, line);
    std::istringstream row{line};
    std::string name, count;
    row >> name;
    CHECK(name == std::to_string(label));
    for (std::size_t predicted = 0; predicted < 10; ++predicted) {
      row >> count;
      const int expected = log["summary"]["confusion"][label][predicted];
      CHECK(count == (expected == 0 ? "." : std::to_string(expected)));
    }
  }
}

TEST_CASE("evaluate takes a checkpoint, and all labels are among the first ten") {
  const Trained trained{{"--epochs", "1", "--hidden", "8"}};
  const auto checkpoint = trained.path("checkpoint");
  REQUIRE(run_program({"train", "mlp", "--data", std::filesystem::path{checkpoint}.parent_path(), "--epochs",
                       "1", "--hidden", "8", "--checkpoint", checkpoint, "--optimizer", "adam"})
              .errors.empty());
  const auto run = trained.evaluate({"--load", checkpoint, "--top", "10"});
  CHECK(run.errors.empty());
  CHECK_THAT(run.output, contains("784-8-10 relu, 20 test samples"));
  CHECK_THAT(run.output, contains("among the first 10 100.00 %"));
}

TEST_CASE("evaluate takes the model of its command line before the one that is noted") {
  const Trained trained{{"--epochs", "1", "--hidden", "8"}};
  const auto run = trained.evaluate({"mlp", "--hidden", "9", "--load", trained.weights()});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains("hidden/weight is [784, 8] float32 and was to be [784, 9]"));
  CHECK(trained.evaluate({"mlp", "--hidden", "8", "--load", trained.weights()}).output ==
        trained.evaluate({"--load", trained.weights()}).output);
}

TEST_CASE("evaluate names a file of weights that is missing, damaged or silent on its model") {
  const Trained trained{{"--epochs", "1", "--hidden", "8"}};
  const auto check_fails = [&](const std::string& file, const std::string& words) {
    const auto run = trained.evaluate({"--load", file});
    CHECK(run.exit_code == 1);
    CHECK(run.output.empty());
    CHECK_THAT(run.errors, contains(file));
    CHECK_THAT(run.errors, contains(words));
  };
  check_fails(trained.path("absent"), "cannot read");
  const auto bytes = read_file(trained.weights());
  const auto check_note_fails = [&](const std::string& note, const std::string& changed) {
    auto damaged = bytes;
    const auto place = damaged.find(note);
    REQUIRE(place != std::string::npos);
    damaged.replace(place, note.size(), changed);
    check_fails(write_file(trained.path("damaged"), damaged).string(), "does not say which model it is of");
  };
  check_note_fails("\\\"mlp\\\"", "1234567");
  check_note_fails("\\\"mlp\\\"", "\\\"mlq\\\"");
  check_note_fails("[28,28]", "[-2,28]");
  check_note_fails("[28,28]", "[9e9,9]");
  check_note_fails("deviation\\\":0", "deviation\\\":-");
  check_note_fails("classes\\\":10", "classes\\\":11");
  check_fails(write_file(trained.path("short"), bytes.substr(0, 1000)).string(), "short");
}
