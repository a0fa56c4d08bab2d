#include "tools/training.hpp"

using namespace retrograph::test;

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

TEST_CASE("train says which augmentation it was asked for, and no other") {
  const Training training;
  CHECK_THAT(training.run({"--epochs", "1", "--shift", "2"}).output, contains("20 test samples, shift 2\n"));
  CHECK_THAT(training.run({"--epochs", "1", "--rotate", "5", "--noise", "0.5"}).output,
             contains("20 test samples, rotate 5, noise 0.5\n"));
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
  CHECK_THAT(run.output, contains(" samples/s  0:"));  // and seconds, more of them on a busy machine
  CHECK_THAT(run.output, contains(" left"));
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

TEST_CASE("train refuses to save its weights onto a folder before it trains") {
  const Training training;
  const auto run = training.run({"--save", training.path("")});
  check_fails(run, "Is a directory");
  CHECK(run.output.empty());
}

TEST_CASE("train refuses a log that cannot be written before it trains") {
  const Training training;
  const auto run = training.run({"--log", training.path("absent/log.jsonl")});
  check_fails(run, "cannot write '" + training.path("absent/log.jsonl") + "': No such file or directory");
  CHECK(run.output.empty());
  check_fails(training.run({"--log", "/dev/full"}), "cannot write '/dev/full': No space left on device");
}
