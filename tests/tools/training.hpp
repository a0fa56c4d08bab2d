#pragma once

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <nlohmann/json.hpp>

#include <sstream>

namespace retrograph::test {

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
  std::vector<nlohmann::json> log_of(std::vector<std::string> more) const {
    more.insert(more.end(), {"--log", path("log.jsonl")});
    const auto result = run(more);
    CHECK(result.exit_code == 0);
    CHECK(result.errors.empty());
    std::vector<nlohmann::json> lines;
    std::istringstream text{read_file(path("log.jsonl"))};
    for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

 private:
  TemporaryFolder folder_;
};

inline std::vector<double> losses(const std::vector<nlohmann::json>& log) {
  std::vector<double> result;
  for (const auto& line : log) result.push_back(line["train_loss"]);
  return result;
}

inline void check_fails(const ProgramRun& run, const std::string& words) {
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains("retrograph: "));
  CHECK_THAT(run.errors, contains(words));
}

}  // namespace retrograph::test
