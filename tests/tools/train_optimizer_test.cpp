#include "tools/training.hpp"

#include <cmath>
#include <limits>

using namespace retrograph::test;
using nlohmann::json;

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

TEST_CASE(
    "large steps are a finding where they are a rate times a gradient, and not where lbfgs makes them") {
  const Training training;
  const auto run = [&](const std::string& optimizer, const std::string& rate) {
    return training.run(
        {"--optimizer", optimizer, "--learning-rate", rate, "--batch", "100", "--epochs", "9"});
  };
  CHECK_THAT(run("sgd", "2").output, contains("of their size at learning rate 2"));
  CHECK(run("lbfgs", "1").output.find("of their size") == std::string::npos);
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

TEST_CASE("train names the scopes there are when a layer rate matches none") {
  const Training training;
  const auto run = training.run({"--layer-rate", "outptu=0.1"});
  check_fails(run, "--layer-rate: no parameter matches 'outptu'\n  hint: there are hidden, output\n");
}
