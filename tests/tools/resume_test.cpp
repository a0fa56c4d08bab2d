#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <sstream>

using namespace retrograph::test;
namespace fs = std::filesystem;

namespace {

using Arguments = std::vector<std::string>;

/// A folder of few digits, and trainings on them that leave a log and a file of weights.
class Trainings {
 public:
  /// options  that those with a checkpoint have, too
  explicit Trainings(Arguments options = {"--schedule", "cosine"}) : options_{std::move(options)} {
    write_mnist(folder_.path(), 300, 50);
  }

  std::string path(std::string_view name) const { return folder_ / name; }
  Arguments arguments(const Arguments& more = {}) const {
    Arguments all{"train",        "mlp",
                  "--data",       folder_.path(),
                  "--hidden",     "32",
                  "--batch",      "16",
                  "--optimizer",  "adam",
                  "--threads",    "2",
                  "--seed",       "5",
                  "--validation", "0.2",
                  "--shift",      "1",
                  "--rotate",     "5",
                  "--noise",      "0.1",
                  "--save",       path("weights"),
                  "--log",        path("log.jsonl")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// As it goes on where there is a checkpoint, which has the options.
  Arguments with_checkpoint() const {
    auto all = arguments({"--checkpoint", path("checkpoint"), "--checkpoint-every", "3", "--patience", "2",
                          "--restore-best", "--epochs", "6"});
    all.insert(all.end(), options_.begin(), options_.end());
    return fs::exists(path("checkpoint")) ? Arguments{"train", "--resume", path("checkpoint")} : all;
  }
  void forget() const {
    for (const auto* name : {"weights", "log.jsonl", "checkpoint"}) fs::remove(path(name));
  }
  bool was_killed_while_saving() const {
    for (const auto& entry : fs::directory_iterator{folder_.path()})
      if (entry.path().filename().string().starts_with(".checkpoint.")) return true;
    return false;
  }
  std::size_t count_files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder_.path()}, {}));
  }

  /// The log without times and commands, which no two runs have in common.
  std::string log() const {
    std::string lines;
    std::istringstream text{read_file(path("log.jsonl"))};
    for (std::string line; std::getline(text, line);) {
      auto object = nlohmann::json::parse(line);
      object.erase("seconds");
      object.erase("samples_per_second");
      if (object.contains("training")) object["training"].erase("command");
      lines += object.dump() + '\n';
    }
    return lines;
  }

 private:
  Arguments options_;
  TemporaryFolder folder_;
};

std::string weights_of(const Trainings& trainings) {
  return read_file(trainings.path("weights"));
}

int kills_asked_for() {
  const auto* text = std::getenv("RETROGRAPH_KILLS");
  return text ? std::atoi(text) : 8;
}

}  // namespace

/// Batch statistics, random masks, averages and a plateau that lowers the rate.
const Arguments all_that_is_kept{"--batch-norm",
                                 "--dropout",
                                 "0.2",
                                 "--average",
                                 "0.9",
                                 "--accumulate",
                                 "2",
                                 "--warm-up",
                                 "5",
                                 "--schedule",
                                 "plateau",
                                 "--schedule-patience",
                                 "0",
                                 "--learning-rate",
                                 "0.5"};

// RETROGRAPH_KILLS=200 build/bin/test_tools "*killed at random*"
TEST_CASE("a training killed at random moments and resumed ends with the same bits as one that never was") {
  const auto options = GENERATE(Arguments{"--schedule", "cosine"}, all_that_is_kept);
  const Trainings trainings{options};
  std::chrono::duration<double, std::micro> time = std::chrono::hours{1};
  for (int repetition = 0; repetition < 3; ++repetition) {
    trainings.forget();
    const auto start = std::chrono::steady_clock::now();
    const auto run = run_program(trainings.with_checkpoint());
    REQUIRE(run.exit_code == 0);
    if (options == all_that_is_kept) REQUIRE_THAT(run.output, contains("the loss has stalled"));
    time = std::min<decltype(time)>(time, std::chrono::steady_clock::now() - start);
  }
  const auto weights = weights_of(trainings);
  const auto log = trainings.log();
  const auto files = trainings.count_files();

  std::minstd_rand random{1};
  std::uniform_real_distribution<double> moment{0, time.count()};
  int killed = 0, while_saving = 0, over = 0;
  while (killed < kills_asked_for()) {
    trainings.forget();
    for (int kills = 0; kills < 2; ++kills) {
      const auto run = run_program_and_kill(trainings.with_checkpoint(),
                                            std::chrono::microseconds{static_cast<int>(moment(random))});
      const auto was_killed = run.exit_code == 128 + 9;
      REQUIRE((was_killed || run.exit_code == 0));
      killed += was_killed;
      over += !was_killed;
      while_saving += trainings.was_killed_while_saving();
    }
    const auto rest = run_program(trainings.with_checkpoint());
    REQUIRE(rest.errors.empty());
    REQUIRE(rest.exit_code == 0);
    REQUIRE(weights_of(trainings) == weights);
    REQUIRE(trainings.log() == log);
    REQUIRE(trainings.count_files() == files);
  }
  if (std::getenv("RETROGRAPH_KILLS"))
    std::cout << killed << " kills, " << while_saving << " of them while saving; " << over
              << " were over before\n";
}

TEST_CASE("a training with a checkpoint saves once more when it is interrupted") {
  const Trainings trainings;
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(run_program(trainings.with_checkpoint()).exit_code == 0);
  const auto whole =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  const auto weights = weights_of(trainings);
  // Before the training begins, the signal ends the program as it always does.
  for (int percent = 0; percent < 200; ++percent) {
    trainings.forget();
    const auto run = run_program_and_kill(trainings.with_checkpoint(), whole * percent / 100, SIGINT);
    if (run.exit_code != 1) continue;
    CHECK_THAT(run.errors, contains("stopped after step "));
    CHECK_THAT(run.errors, contains("--resume " + trainings.path("checkpoint") + " goes on"));
    CHECK_FALSE(fs::exists(trainings.path("weights")));
    REQUIRE(run_program(trainings.with_checkpoint()).exit_code == 0);
    CHECK(weights_of(trainings) == weights);
    return;
  }
  FAIL("no signal came while it trained");
}

TEST_CASE("a training by lbfgs that is resumed ends with the same bits, as its history is saved") {
  const Trainings trainings;
  const Arguments by_lbfgs{"--optimizer", "lbfgs", "--batch",         "240",
                           "--history",   "3",     "--learning-rate", "0.3"};
  auto at_once = by_lbfgs, half = by_lbfgs;
  at_once.insert(at_once.end(), {"--epochs", "12"});
  half.insert(half.end(), {"--epochs", "6", "--checkpoint", trainings.path("checkpoint")});
  REQUIRE(run_program(trainings.arguments(at_once)).exit_code == 0);
  const auto weights = weights_of(trainings);
  trainings.forget();
  REQUIRE(run_program(trainings.arguments(half)).exit_code == 0);
  CHECK(weights_of(trainings) != weights);
  const auto rest = run_program({"train", "--resume", trainings.path("checkpoint"), "--epochs", "12"});
  CHECK(rest.exit_code == 0);
  CHECK_THAT(rest.output, contains("lbfgs 0.3, history 3, batch 240"));
  CHECK(weights_of(trainings) == weights);
}

TEST_CASE("weights that are saved are loaded again, and slots and steps are not") {
  const Trainings trainings;
  REQUIRE(run_program(trainings.arguments({"--epochs", "6"})).exit_code == 0);
  const auto weights = trainings.path("weights");
  const auto run =
      run_program(trainings.arguments({"--load", weights, "--optimizer", "sgd", "--epochs", "1"}));
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("first batch: loss 0."));
  const auto other = run_program(trainings.arguments({"--load", weights, "--hidden", "16"}));
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.errors, contains("is not of this graph"));
}

TEST_CASE("a training that is resumed keeps its epochs, and refuses to become another") {
  const Trainings trainings;
  const Arguments checkpoint{"--checkpoint", trainings.path("checkpoint"), "--epochs", "6"};
  REQUIRE(run_program(trainings.arguments(checkpoint)).exit_code == 0);
  const Arguments resume{"--resume", trainings.path("checkpoint")};
  const auto over = run_program(trainings.arguments(resume));
  CHECK(over.exit_code == 0);
  CHECK(over.output.find("\nepoch") == std::string::npos);

  auto more = resume;
  more.insert(more.end(), {"--epochs", "8"});
  const auto further = run_program(trainings.arguments(more));
  CHECK(further.exit_code == 0);
  CHECK(further.output.find("epoch   6") == std::string::npos);
  CHECK_THAT(further.output, contains("epoch   7"));
  CHECK_THAT(further.output, contains("epoch   8"));

  const auto alone = run_program({"train", "--resume", trainings.path("checkpoint"), "--epochs", "10"});
  CHECK(alone.exit_code == 0);
  CHECK_THAT(alone.output, contains("epoch  10"));

  auto other = resume;
  other.insert(other.end(), {"--batch", "8"});
  const auto refused = run_program(trainings.arguments(other));
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.errors,
             contains("is of another training: 784-32-10 relu, adam 0.001, batch 16, seed 5"));
  const auto missing = run_program(trainings.arguments({"--resume", trainings.path("absent")}));
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.errors, contains("cannot read '" + trainings.path("absent") + "'"));
  const auto folder = run_program(trainings.arguments({"--save", trainings.path("absent/weights")}));
  CHECK(folder.exit_code == 1);
  CHECK_THAT(folder.errors, contains("there is no folder"));
}

TEST_CASE("train ends early with the best weights if asked to") {
  const Trainings trainings;
  const auto run = run_program(
      trainings.arguments({"--epochs", "40", "--patience", "2", "--restore-best", "--learning-rate", "0.5"}));
  CHECK(run.exit_code == 0);
  std::istringstream lines{trainings.log()};
  std::vector<nlohmann::json> log;
  for (std::string line; std::getline(lines, line);) log.push_back(nlohmann::json::parse(line));
  REQUIRE(log.size() < 40);
  REQUIRE(log.size() > 2);
  CHECK(log[log.size() - 3]["best"] == true);
  CHECK(log.back()["best"] == false);
  CHECK(log.back()["validation_loss"] >= log[log.size() - 3]["validation_loss"]);
}

TEST_CASE("a checkpoint is evaluated with the average of the weights, as the saved weights are") {
  const Trainings trainings;
  const auto loss_of = [&](std::string_view file) {
    const auto run = run_program({"evaluate", "--load", trainings.path(file), "--data", trainings.path("")});
    CHECK(run.exit_code == 0);
    CHECK_THAT(run.output, contains("784-32-10 relu, batch norm, dropout 0.2, 50 test samples"));
    return run.output.substr(run.output.find("loss "), 11);
  };
  const Arguments options{
      "--epochs", "2", "--batch-norm", "--dropout", "0.2", "--checkpoint", trainings.path("checkpoint")};
  const auto last_loss = [&] {
    std::istringstream log{trainings.log()};
    nlohmann::json last;
    for (std::string line; std::getline(log, line);) last = nlohmann::json::parse(line);
    return fmt::format("loss {:.4f}", last["test_loss"].get<double>());
  };
  REQUIRE(run_program(trainings.arguments(options)).exit_code == 0);
  const auto plain = loss_of("weights");
  CHECK(last_loss() == plain);
  auto averaged = options;
  averaged.insert(averaged.end(), {"--average", "0.9"});
  REQUIRE(run_program(trainings.arguments(averaged)).exit_code == 0);
  CHECK(loss_of("weights") != plain);
  CHECK(last_loss() == loss_of("weights"));
  CHECK(loss_of("checkpoint") == loss_of("weights"));
}

TEST_CASE("a plateau lowers the rate, says so, and notes the rate of each epoch in the log") {
  const Trainings trainings;
  const auto run = run_program(trainings.arguments(
      {"--epochs", "12", "--schedule", "plateau", "--optimizer", "sgd", "--learning-rate", "2",
       "--schedule-patience", "0", "--schedule-factor", "0.5", "--layer-rate", "output=0.2"}));
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.output, contains("sgd 2 (output: 0.2), plateau by 0.5 after 0 epochs, batch 16"));
  CHECK_THAT(run.output, contains("  the loss has stalled: learning rate 2 -> 1\n"));
  std::istringstream log{trainings.log()};
  double least = std::numeric_limits<double>::max(), rate = 2;
  for (std::string line; std::getline(log, line);) {
    const auto epoch = nlohmann::json::parse(line);
    CHECK(epoch["learning_rate"] == rate);
    CHECK(epoch["health"][1]["learning_rate"] == Approx(rate / 10));
    const double loss = epoch["validation_loss"];
    if (loss >= least * (1 - 1e-4)) rate /= 2;
    if (loss < least * (1 - 1e-4)) least = loss;
  }
  CHECK(rate < 2);
}

TEST_CASE("a resumed training refuses a file that has no options to go on by") {
  const Trainings trainings;
  REQUIRE(run_program(trainings.arguments({"--epochs", "1"})).exit_code == 0);
  const auto run = run_program({"train", "--resume", trainings.path("weights")});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors,
             contains(fmt::format("'{}' is no checkpoint of a training", trainings.path("weights"))));
}
