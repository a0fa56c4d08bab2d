#include "support/matchers.hpp"
#include "tools/program.hpp"

using namespace retrograph::test;

namespace {

void check_wrong(const std::vector<std::string>& arguments, const std::string& words) {
  const auto run = run_program(arguments);
  CHECK(run.exit_code == 2);
  CHECK(run.output.empty());
  CHECK_THAT(run.errors, contains("retrograph: " + words));
  CHECK_THAT(run.errors, contains("--help lists what there is"));
}

}  // namespace

TEST_CASE("help is everywhere and names what there is") {
  const auto check_help = [](const std::vector<std::string>& arguments,
                             const std::vector<std::string>& words) {
    const auto run = run_program(arguments);
    CHECK(run.exit_code == 0);
    CHECK(run.errors.empty());
    for (const auto& word : words) CHECK_THAT(run.output, contains(word));
  };
  check_help({"--help"}, {"train", "draw", "ops", "--version"});
  check_help({"-h"}, {"train", "draw", "ops"});
  check_help({"train", "--help"},
             {"--data DIR",
              "[data/mnist]",
              "--epochs N",
              "[5]",
              "--batch N",
              "[64]",
              "--optimizer sgd|adagrad|rmsprop|adadelta|adam|adamw|nadam|lion|lamb|lbfgs",
              "--learning-rate R",
              "0.1 for sgd, 0.001 for adam]",
              "--layer-rate SCOPE=R",
              "--layer-decay SCOPE=D",
              "--schedule constant|step|exponential|cosine|one-cycle|plateau",
              "--schedule-factor F",
              "--schedule-every EPOCHS",
              "--schedule-patience EPOCHS",
              "--average DECAY",
              "--batch-norm",
              "--layer-norm",
              "--dropout SHARE",
              "--nesterov",
              "--amsgrad",
              "--centered",
              "--history STEPS",
              "--clip-value N",
              "--hidden N[,N...]",
              "[128 for mlp, 120,84 for lenet]",
              "--channels N,N",
              "[6,16]",
              "--activation relu|sigmoid|tanh",
              "[relu]",
              "--threads N",
              "--seed N",
              "--log FILE.jsonl",
              "--health-every STEPS",
              "[64]",
              "--check-finite"});
  check_help({"train", "mlp", "--help"}, {"--epochs N"});
  check_help({"draw", "--help"},
             {"--output FILE", "--optimizer sgd|adagrad", "--forward-only", "--hidden N[,N...]"});
  check_help(
      {"bench", "--help"},
      {"--only mlp|lesson|wide|lenet|latency|latency-10000|overhead|overhead-fused|branches|elementwise",
       "--threads N", "--repetitions N", "--data DIR", "--json FILE"});
  check_help({"profile", "--help"},
             {"--batch N", "--optimizer sgd|adagrad|rmsprop|adadelta|adam|adamw|nadam|lion|lamb|lbfgs",
              "--hidden N[,N...]", "--threads N", "--steps N", "--trace FILE.json"});
  check_help({"lesson", "--help"}, {"--data DIR", "--original", "--seeds N", "[5]", "--epochs N", "[50]",
                                    "--threads N", "--json FILE", "--output FILE.html"});
  check_help({"ops", "--help"}, {"name, formula, shapes"});
}

TEST_CASE("the program prints its name and version with --version") {
  const auto run = run_program({"--version"});
  CHECK(run.exit_code == 0);
  CHECK(run.output == "retrograph " RETROGRAPH_VERSION "\n");
}

TEST_CASE("a wrong command line is told in a sentence, with exit code 2") {
  check_wrong({},
              "a command is required: train, evaluate, predict, draw, bench, profile, lesson, report or ops");
  check_wrong({"paint"}, "paint is no command");
  check_wrong({"train"}, "model is required");
  check_wrong({"train", "cnn"}, "model: cnn not in {mlp,lenet}");
  check_wrong({"train", "lenet", "--activation", "tanh"}, "--activation: is for mlp alone");
  check_wrong({"train", "mlp", "--channels", "8,16"}, "--channels: is for lenet alone");
  check_wrong({"train", "lenet", "--channels", "8"}, "--channels: lenet has two convolutions, not 8");
  check_wrong({"draw", "lenet", "-o", "a.dot", "--activation", "relu"}, "--activation: is for mlp alone");
  check_wrong({"train", "mlp", "--bogus"}, "The following argument was not expected: --bogus");
  check_wrong({"train", "mlp", "--epochs", "1.5"}, "--epochs: 1.5 is not a positive integer");
  check_wrong({"train", "mlp", "--epochs", "0"}, "--epochs: 0 is not a positive integer");
  check_wrong({"train", "mlp", "--batch", "64x"}, "--batch: 64x is not a positive integer");
  check_wrong({"train", "mlp", "--learning-rate", "nan"}, "--learning-rate: nan is not a positive number");
  check_wrong({"train", "mlp", "--learning-rate", "1e999"},
              "--learning-rate: 1e999 is not a positive number");
  check_wrong({"train", "mlp", "--optimizer", "newton"},
              "--optimizer: newton not in {sgd,adagrad,rmsprop,adadelta,adam,adamw,nadam,lion,lamb,lbfgs}");
  check_wrong({"train", "mlp", "--activation", "step"}, "--activation: step not in {relu,sigmoid,tanh}");
  check_wrong({"train", "mlp", "--threads", "-1"}, "--threads: -1 is not a number of threads");
  check_wrong({"train", "mlp", "--seed", "-1"}, "--seed: -1 is not an integer from 0 on");
  check_wrong({"train", "mlp", "mlp"}, "The following argument was not expected: mlp");
  check_wrong({"train", "mlp", "--optimizer", "adam", "--momentum", "0.5"},
              "--momentum: is for sgd and rmsprop, not for adam");
  check_wrong({"train", "mlp", "--optimizer", "adam", "--nesterov"}, "--nesterov: is for sgd, not for adam");
  check_wrong({"train", "mlp", "--nesterov"}, "--nesterov: needs a --momentum");
  check_wrong({"train", "mlp", "--amsgrad"}, "--amsgrad: is for adam and adamw, not for sgd");
  check_wrong({"train", "mlp", "--history", "5"}, "--history: is for lbfgs, not for sgd");
  check_wrong({"train", "mlp", "--optimizer", "lbfgs", "--history", "0"},
              "--history: 0 is not a number of steps from 1 to 1000");
  check_wrong({"train", "mlp", "--optimizer", "lbfgs", "--history", "1001"},
              "--history: 1001 is not a number of steps from 1 to 1000");
  check_wrong({"train", "mlp", "--centered"}, "--centered: is for rmsprop, not for sgd");
  check_wrong({"train", "mlp", "--dropout", "1"}, "--dropout: 1 is not a share above 0 and below 1");
  check_wrong({"train", "mlp", "--batch-norm", "--layer-norm"}, "--batch-norm excludes --layer-norm");
  check_wrong({"train", "mlp", "--average", "1"}, "--average: 1 is not a share above 0 and below 1");
  check_wrong({"train", "mlp", "--schedule", "linear"},
              "--schedule: linear not in {constant,step,exponential,cosine,one-cycle,plateau}");
  check_wrong({"train", "mlp", "--schedule-factor", "0.1"},
              "--schedule-factor: is for --schedule step, exponential and plateau");
  check_wrong({"train", "mlp", "--schedule", "plateau", "--schedule-every", "1"},
              "--schedule-every: is for --schedule step and exponential");
  check_wrong({"train", "mlp", "--schedule", "step", "--schedule-patience", "1"},
              "--schedule-patience: is for --schedule plateau");
  check_wrong({"train", "mlp", "--schedule", "plateau", "--schedule-patience", "-1"},
              "--schedule-patience: -1 is not an integer from 0 on");
  check_wrong({"train", "mlp", "--patience", "2"}, "--patience requires --validation");
  check_wrong({"train", "mlp", "--restore-best"}, "--restore-best requires --validation");
  check_wrong({"train", "mlp", "--checkpoint-every", "2"}, "--checkpoint-every requires --checkpoint");
  check_wrong({"bench", "--only", "mpl"}, "--only: mpl not in {mlp,lesson,wide,");
  check_wrong({"bench", "--repetitions", "0"}, "--repetitions: 0 is not a positive integer");
  check_wrong({"profile"}, "model is required");
  check_wrong({"lesson", "--seeds", "0"}, "--seeds: 0 is not a positive integer");
  check_wrong({"draw", "mlp"}, "--output is required");
  check_wrong({"predict", "--load", "a.weights"}, "sample is required");
  check_wrong({"draw", "mlp", "-o", "mlp.gif"},
              "--output: mlp.gif is not a name that ends in .dot, .svg, .png");
  check_wrong({"report", "a.jsonl", "b.jsonl"}, "--output: several logs are compared in a picture");
  check_wrong({"report", "a.jsonl", "b.jsonl", "-o", "c.html"},
              "--output: several logs are compared in a picture");
}

TEST_CASE("layers and their rates are checked as they are read") {
  for (const std::string hidden : {"0", "-3", "3,", ",3", "3,,4", "3 4", "many"})
    check_wrong({"train", "mlp", "--hidden", hidden},
                "--hidden: " + hidden + " is not a list of positive integers");
  for (const std::string rate : {"output", "=0.1", "output=", "output=fast", "output=-1", "output=inf"})
    check_wrong({"train", "mlp", "--layer-rate", rate}, "--layer-rate: " + rate + " is not SCOPE=RATE");
}
