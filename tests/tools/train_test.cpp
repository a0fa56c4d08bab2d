#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <sstream>

using namespace retrograph::test;
using nlohmann::json;

namespace {

/// A folder of 100 digits to train on and 20 to test on, and runs of `train mlp` on them.
class Training {
 public:
  Training() { write_mnist(folder_.path(), 100, 20); }

  std::string path(std::string_view name) const { return folder_ / name; }
  std::vector<std::string> arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"train",     "mlp", "--data",  folder_.path().string(),
                                 "--hidden",  "16",  "--batch", "16",
                                 "--threads", "2"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  ProgramRun run(const std::vector<std::string>& more) const { return run_program(arguments(more)); }

  /// The log of a run that must succeed.
  std::vector<json> log_of(std::vector<std::string> more) const {
    more.insert(more.end(), {"--log", path("log.jsonl")});
    const auto result = run(more);
    CHECK(result.exit_code == 0);
    CHECK(result.errors.empty());
    std::vector<json> lines;
    std::istringstream text{read_file(path("log.jsonl"))};
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  }

 private:
  TemporaryFolder folder_;
};

std::vector<double> losses(const std::vector<json>& log) {
  std::vector<double> result;
  for (const auto& line : log) result.push_back(line["train_loss"]);
  return result;
}

void check_fails(const ProgramRun& run, const std::string& words) {
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains("retrograph: "));
  CHECK_THAT(run.errors, contains(words));
}

}  // namespace

TEST_CASE("train learns digits that are easy to tell apart, and tells of it line by line") {
  const Training training;
  const auto run = training.run({"--epochs", "12"});
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  CHECK_THAT(run.output,
             contains("784-16-10 relu, sgd 0.1, batch 16, seed 1, 100 training and 20 test samples\n"));
  CHECK_THAT(run.output, contains("\nfirst batch: loss 2."));
  CHECK_THAT(run.output, contains("(guessing: ln(10) = 2.3026)\nepoch   1 "));
  CHECK_THAT(run.output, contains("\nepoch  12 "));
  CHECK_THAT(run.output, contains(" samples/s  loss 0."));
  CHECK_THAT(run.output, contains("  test accuracy 100.00 %\n"));
  CHECK(run.output.find('\r') == std::string::npos);
}

TEST_CASE("train logs an object an epoch, the same keys in order") {
  const Training training;
  const auto log = training.log_of({"--epochs", "3"});
  REQUIRE(log.size() == 3);
  for (std::size_t i = 0; i < log.size(); ++i) {
    CHECK(log[i].size() == (i == 1 ? 10 : 11));  // the first has the training, the last the summary
    CHECK(log[i]["test_loss"] > 0);
    CHECK(log[i]["epoch"] == i + 1);
    CHECK(log[i]["seconds"] > 0);
    CHECK(log[i]["samples_per_second"].get<double>() ==
          Approx(100 / log[i]["seconds"].get<double>()).epsilon(1e-9));
    CHECK(log[i]["train_loss"] > 0);
    CHECK(log[i]["train_accuracy"] <= 1);
    CHECK(log[i]["test_accuracy"] <= 1);
  }
  CHECK_THAT(read_file(training.path("log.jsonl")), contains("{\"epoch\":1,\"seconds\":"));
  CHECK(training.log_of({"--epochs", "1"}).size() == 1);  // anew, not behind the old lines
}

TEST_CASE("the log has the health of each layer, and the output what is wrong with it") {
  const Training training;
  const auto log = training.log_of({"--epochs", "1"});
  const auto& health = log[0]["health"];
  REQUIRE(health.size() == 2);
  CHECK(health[0]["layer"] == "hidden");
  CHECK(health[0]["steps"] == 784 * 16 + 16);
  CHECK(health[0]["units"] == 16);
  CHECK(health[1]["layer"] == "output");
  CHECK(health[1]["learning_rate"] == 0.1);
  CHECK(health[1]["too_large"] == 0);

  const auto run = training.run({"--epochs", "1", "--layer-rate", "output=100"});
  CHECK_THAT(run.output, contains("\n  output: "));
  CHECK_THAT(run.output, contains(" steps larger than 1 at learning rate 100; try --layer-rate output="));
  CHECK(training.run({"--epochs", "1", "--layer-rate", "output=100", "--no-health"})
            .output.find("try --layer") == std::string::npos);
  CHECK_FALSE(training.log_of({"--epochs", "1", "--no-health"})[0].contains("health"));
}

TEST_CASE("train --health-every 1 looks at each step, and counts all of them") {
  const Training training;  // 7 batches an epoch
  const auto of_output = [&](const std::string& every) {
    // No gradient behind sigmoids is 0, and none is large enough for this rate.
    return training.log_of({"--epochs", "1", "--activation", "sigmoid", "--learning-rate", "1e-12",
                            "--health-every", every})[0]["health"][1];
  };
  CHECK(of_output("1")["looks"] == 7);
  CHECK(of_output("1")["steps"] == 7 * (16 * 10 + 10));
  CHECK(of_output("1")["too_small"] == 7 * (16 * 10 + 10));
  CHECK(of_output("3")["looks"] == 3);  // the first, fourth and seventh
  CHECK(of_output("64")["looks"] == 1);
}

TEST_CASE("the last line of the log says how the model does on the test digits") {
  const Training training;
  const auto log = training.log_of({"--epochs", "2"});
  CHECK_FALSE(log.front().contains("summary"));
  const auto& summary = log.back()["summary"];
  CHECK(summary["accuracy"] == log.back()["test_accuracy"]);
  CHECK(summary["top_3_accuracy"] >= summary["accuracy"]);
  int samples = 0, right = 0, mistakes = 0;
  for (std::size_t label = 0; label < 10; ++label) {
    CHECK(summary["classes"][label]["samples"] == 2);
    for (std::size_t predicted = 0; predicted < 10; ++predicted) {
      const int count = summary["confusion"][label][predicted];
      samples += count;
      (label == predicted ? right : mistakes) += count;
    }
  }
  CHECK(samples == 20);
  CHECK(right == Approx(20 * summary["accuracy"].get<double>()));
  REQUIRE(summary["worst_mistakes"].size() == static_cast<std::size_t>(mistakes));
  REQUIRE(mistakes > 0);
  const auto& worst = summary["worst_mistakes"][0];
  CHECK(worst["label"] == worst["index"].get<int>() % 10);
  CHECK(worst["label"] != worst["predicted"]);
  CHECK(worst["probabilities"].size() == 10);
}

TEST_CASE("train gives the same numbers for any number of threads, and others for another seed") {
  const Training training;
  const auto reference = losses(training.log_of({"--epochs", "2"}));
  CHECK(losses(training.log_of({"--epochs", "2", "--threads", "1"})) == reference);
  CHECK(losses(training.log_of({"--epochs", "2", "--threads", "3"})) == reference);
  CHECK(losses(training.log_of({"--epochs", "2", "--seed", "2"})) != reference);

  const std::vector<std::string> augmented{"--epochs", "2",  "--shift", "2",
                                           "--rotate", "10", "--noise", "0.2"};
  const auto changed = losses(training.log_of(augmented));
  for (const std::string threads : {"1", "3"}) {
    auto arguments = augmented;
    arguments.insert(arguments.end(), {"--threads", threads});
    CHECK(losses(training.log_of(arguments)) == changed);
  }
}

TEST_CASE("every option of train reaches the training") {
  const Training training;
  const auto reference = losses(training.log_of({"--epochs", "2"}));
  std::vector<std::vector<std::string>> changes{{"--hidden", "16,8"},
                                                {"--activation", "sigmoid"},
                                                {"--activation", "tanh"},
                                                {"--learning-rate", "0.2"},
                                                {"--layer-rate", "output=0"},
                                                {"--optimizer", "adam"},
                                                {"--batch", "17"},
                                                {"--momentum", "0.5"},
                                                {"--weight-decay", "0.1"},
                                                {"--clip-norm", "0.5"},
                                                {"--accumulate", "2"},
                                                {"--freeze", "hidden"},
                                                {"--schedule", "cosine"},
                                                {"--schedule", "one-cycle"},
                                                {"--warm-up", "3"},
                                                {"--shift", "1"},
                                                {"--rotate", "10"},
                                                {"--noise", "0.1"},
                                                {"--validation", "0.1"},
                                                {"--batch-norm"},
                                                {"--layer-norm"},
                                                {"--dropout", "0.5"},
                                                {"--clip-value", "0.001"},
                                                {"--layer-decay", "output=1"},
                                                {"--schedule", "step"},
                                                {"--schedule", "exponential"}};
  changes.push_back({"--momentum", "0.5", "--nesterov"});
  changes.push_back({"--optimizer", "adam", "--amsgrad"});
  changes.push_back({"--optimizer", "rmsprop", "--centered"});
  changes.push_back({"--optimizer", "lbfgs", "--history", "2"});
  changes.push_back({"--schedule", "step", "--schedule-factor", "0.5"});
  changes.push_back({"--schedule", "exponential", "--schedule-every", "1"});
  for (const auto* name : {"adagrad", "rmsprop", "adadelta", "adamw", "nadam", "lion", "lamb", "lbfgs"})
    changes.push_back({"--optimizer", name});
  std::vector<std::vector<double>> all{reference};
  for (auto change : changes) {
    CAPTURE(change);
    change.insert(change.end(), {"--epochs", "2"});
    auto own = losses(training.log_of(change));
    CHECK(std::find(all.begin(), all.end(), own) == all.end());
    all.push_back(std::move(own));
  }
}

TEST_CASE("train goes by lbfgs over all samples at once") {
  const Training training;
  const auto all = losses(training.log_of({"--optimizer", "lbfgs", "--batch", "100", "--epochs", "15"}));
  CHECK(all.back() < all.front() / 10);
  CHECK_THAT(training.run({"--optimizer", "lbfgs", "--history", "4", "--epochs", "1"}).output,
             contains("lbfgs 1, history 4, batch 16"));
}

TEST_CASE("train says which augmentation it was asked for, and no other") {
  const Training training;
  CHECK_THAT(training.run({"--epochs", "1", "--shift", "2"}).output, contains("20 test samples, shift 2\n"));
  CHECK_THAT(training.run({"--epochs", "1", "--rotate", "5", "--noise", "0.5"}).output,
             contains("20 test samples, rotate 5, noise 0.5\n"));
}

TEST_CASE("a batch larger than the data is all of them") {
  const Training training;
  const auto run =
      training.run({"--epochs", "2", "--batch", std::to_string(std::numeric_limits<std::int64_t>::max()),
                    "--schedule", "cosine"});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("cosine over 2 steps"));
}

TEST_CASE("train takes a rate for each of several scopes") {
  const Training training;
  const auto frozen =
      losses(training.log_of({"--epochs", "2", "--layer-rate", "output=0", "--layer-rate", "hidden=0"}));
  CHECK(frozen[0] == Approx(frozen[1]).epsilon(1e-5));  // the order of the sum differs between epochs
  CHECK_THAT(training.run({"--epochs", "1", "--layer-rate", "output=0.01"}).output,
             contains("sgd 0.1 (output: 0.01), batch 16"));
}

TEST_CASE("a schedule ends with the training, after its warm-up") {
  const Training training;
  const auto run = training.run({"--epochs", "4", "--schedule", "cosine", "--warm-up", "2", "--validation",
                                 "0.1", "--accumulate", "2"});
  CHECK(run.exit_code == 0);
  // 90 digits are left: 6 batches of 16 an epoch, two of them a step.
  CHECK_THAT(run.output, contains("sgd 0.1, cosine over 12 steps, warm-up of 2, 2 batches a step, batch 16"));
  check_fails(training.run({"--epochs", "1", "--batch", "50", "--schedule", "one-cycle"}),
              "one_cycle: 0.3 of 2 steps cannot rise");
}

TEST_CASE("train says how the rate goes, in steps, and notes it in the log") {
  const Training training;  // 7 batches an epoch
  const auto describes = [&](std::vector<std::string> options, const std::string& words) {
    options.insert(options.end(), {"--epochs", "4"});
    CHECK_THAT(training.run(options).output, contains(words));
  };
  describes({"--schedule", "step"}, "sgd 0.1, step by 0.1 every 10 steps, batch 16");
  describes({"--schedule", "step", "--schedule-every", "2", "--schedule-factor", "0.5"},
            "step by 0.5 every 14 steps");
  describes({"--schedule", "exponential"}, "exponential by 0.1 every 28 steps");
  describes({"--schedule", "exponential", "--warm-up", "8"},
            "exponential by 0.1 every 20 steps, warm-up of 8");
  describes({"--schedule", "plateau"}, "plateau by 0.1 after 2 epochs");
  describes({"--momentum", "0.9", "--nesterov", "--average", "0.99"},
            "sgd 0.1, Nesterov momentum 0.9, weights averaged with decay 0.99");
  describes({"--layer-decay", "output=0.1", "--clip-value", "1"},
            "sgd 0.1 (output: weight decay 0.1), gradients clipped to 1 each");

  const auto log = training.log_of({"--epochs", "3", "--schedule", "step", "--schedule-every", "1"});
  for (std::size_t epoch = 0; epoch < 3; ++epoch)
    CHECK(log[epoch]["learning_rate"] == Approx(0.1 * std::pow(0.1, epoch)));

  const auto warmed = training.log_of(
      {"--epochs", "1", "--schedule", "cosine", "--warm-up", "13", "--layer-rate", "output=0.2"});
  CHECK(warmed[0]["learning_rate"] == Approx(0.1 * 7 / 14));  // of the seventh step
  CHECK(warmed[0]["layer_rates"] == json{{"output", warmed[0]["learning_rate"].get<double>() * 2}});
}

TEST_CASE("each line of the log has the learning rate, and those of layers that have their own") {
  const Training training;
  for (const std::string health : {"--health", "--no-health"}) {
    const auto log = training.log_of(
        {"--epochs", "2", "--layer-rate", "output=0.03", "--layer-rate", "hidden=0.2", health});
    for (const auto& line : log) {
      CHECK(line["learning_rate"] == 0.1);
      CHECK(line["layer_rates"] == json{{"output", 0.03}, {"hidden", 0.2}});
    }
  }
  const auto usual = training.log_of({"--epochs", "1", "--optimizer", "adam", "--no-health"})[0];
  CHECK(usual["learning_rate"] == 0.001);
  CHECK_FALSE(usual.contains("layer_rates"));
}

TEST_CASE("train --average evaluates with the average, and trains as without") {
  const Training training;
  const auto plain = training.log_of({"--epochs", "2"}),
             averaged = training.log_of({"--epochs", "2", "--average", "0.9"});
  CHECK(losses(plain) == losses(averaged));
  CHECK(plain[1]["test_loss"] != averaged[1]["test_loss"]);
}

TEST_CASE("train says what the optimizer was told, and refuses what it does not know") {
  const Training training;
  const auto run =
      training.run({"--epochs", "1", "--optimizer", "rmsprop", "--momentum", "0.5", "--freeze", "hidden",
                    "--weight-decay", "0.001", "--clip-norm", "2", "--accumulate", "3"});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("rmsprop 0.01 (hidden: frozen), momentum 0.5, weight decay 0.001, "
                                  "gradients clipped to 2, 3 batches a step, batch 16"));
  check_fails(training.run({"--freeze", "outptu"}), "--freeze: no parameter matches 'outptu'");
  check_fails(training.run({"--layer-decay", "outptu=1"}), "--layer-decay: no parameter matches 'outptu'");
  check_fails(training.run({"--freeze", "*"}), "--freeze: all parameters are frozen");
}

TEST_CASE("train says so when the loss has not left that of guessing") {
  const Training training;
  const auto run = training.run({"--epochs", "1", "--learning-rate", "1e-9"});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("ln(10) = 2.3026, that of guessing: another --learning-rate may help\n"));
  const auto learnt = training.run({"--epochs", "3"});
  CHECK(learnt.output.find("may help") == std::string::npos);
}

TEST_CASE("train stops when the loss is no number any more") {
  const Training training;
  const auto run = training.run({"--epochs", "50", "--learning-rate", "1e30"});
  check_fails(run, "the loss of epoch 1 is ");
  check_fails(run, "use a smaller --learning-rate");
}

TEST_CASE("train --check-finite names the node that made the first NaN or infinity") {
  const Training training;
  const auto run = training.run({"--epochs", "2", "--learning-rate", "1e30", "--check-finite"});
  check_fails(run, "not finite");
  CHECK_THAT(run.errors, contains("at "));
  CHECK(training.run({"--epochs", "1", "--check-finite"}).exit_code == 0);
}

TEST_CASE("train draws a bar on a terminal, and wipes it before the line of the epoch") {
  const Training training;
  const auto run = run_program_on_terminal(training.arguments({"--epochs", "2"}), 100);
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("\r\x1b[Kepoch   1  ["));
  CHECK_THAT(run.output, contains("\r\x1b[Kepoch   1   "));
  CHECK_THAT(run.output, contains(" samples/s  0:00 left"));
}

TEST_CASE("the bar of train fits into a line of the terminal") {
  const Training training;
  for (const auto columns : std::initializer_list<unsigned short>{80, 100, 200}) {
    const auto run = run_program_on_terminal(training.arguments({"--epochs", "1"}), columns);
    const auto begin = run.output.find("\r\x1b[Kepoch   1  [");
    REQUIRE(begin != std::string::npos);
    CHECK(run.output.find(" left", begin) - begin < columns);
  }
}

TEST_CASE("train names data that is missing or damaged") {
  const Training training;
  check_fails(run_program({"train", "mlp", "--data", training.path("absent")}),
              "there is no folder '" + training.path("absent") + "'");
  check_fails(run_program({"train", "mlp", "--data", training.path("absent")}), "run ./tools/mnist");

  write_file(training.path("train-labels-idx1-ubyte"), digit_labels(99));
  check_fails(training.run({}), "99 labels");
  std::filesystem::remove(training.path("train-labels-idx1-ubyte"));
  check_fails(training.run({}), "no train-labels-idx1-ubyte in ");
}

TEST_CASE("train refuses a log that cannot be written before it trains") {
  const Training training;
  const auto run = training.run({"--log", training.path("absent/log.jsonl")});
  check_fails(run, "cannot write '" + training.path("absent/log.jsonl") + "': No such file or directory");
  CHECK(run.output.empty());
  check_fails(training.run({"--log", "/dev/full"}), "cannot write '/dev/full': No space left on device");
}

TEST_CASE("train names the scopes there are when a layer rate matches none") {
  const Training training;
  const auto run = training.run({"--layer-rate", "outptu=0.1"});
  check_fails(run, "--layer-rate: no parameter matches 'outptu'\n  hint: there are hidden, output\n");
}
