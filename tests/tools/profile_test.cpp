#include "support/files.hpp"
#include "support/matchers.hpp"
#include "tools/program.hpp"
#include <nlohmann/json.hpp>

#include <set>
#include <sstream>

using namespace retrograph::test;
using nlohmann::json;

namespace {

ProgramRun profiled(std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"profile", "mlp",     "--hidden", "16",        "--batch",
                                     "32",      "--steps", "3",        "--threads", "2"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto run = run_program(arguments);
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  return run;
}

/// The number in front of which `words` stand, such as "critical path ".
double number_after(const std::string& text, const std::string& words) {
  const auto at = text.find(words);
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + words.size()));
}

}  // namespace

TEST_CASE("profile shows every step with its node, and what they imply for threads") {
  const auto text = profiled().output;
  CHECK_THAT(text, contains("784-16-10 relu, sgd, batch 32: medians of 3 steps of training"));
  CHECK_THAT(text, contains("bytes read"));
  CHECK_THAT(text, contains("\nhidden/"));
  CHECK_THAT(text, contains("\noutput/"));
  const auto work = number_after(text, "\nwork "), path = number_after(text, "critical path ");
  CHECK(path > 0);
  CHECK(path <= work);
  CHECK(number_after(text, "threads make it at most ") == Approx(work / path).epsilon(0.02));
}

TEST_CASE("the shares of a profile come to all of the work") {
  std::istringstream lines{profiled().output};
  double shares = 0;
  for (std::string line; std::getline(lines, line);)
    if (const auto sign = line.find(" %"); sign != std::string::npos)
      shares += std::stod(line.substr(line.find_last_of(' ', sign - 1)));
  CHECK(shares == Approx(100).margin(2));  // each is rounded to 0.1
}

TEST_CASE("profile takes the optimizer and the activation of the model") {
  CHECK_THAT(profiled({"--optimizer", "adam"}).output, contains("adam/"));
  CHECK_THAT(profiled({"--optimizer", "lbfgs"}).output, contains("lbfgs/"));
  CHECK_THAT(profiled({"--activation", "tanh"}).output, contains("784-16-10 tanh"));
}

TEST_CASE("a trace of profile has a complete event for each step of each run, on a thread with a name") {
  const TemporaryFolder folder;
  profiled({"--trace", folder / "trace.json"});
  const auto trace = json::parse(read_file(folder / "trace.json"));
  std::set<int> named, used;
  std::size_t steps = 0;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] == "M") {
      CHECK(event["name"] == "thread_name");
      named.insert(event["tid"].get<int>());
      continue;
    }
    CHECK(event["ph"] == "X");
    CHECK(event["ts"].get<double>() >= 0);
    CHECK(event["dur"].get<double>() >= 0);
    CHECK(event["pid"] == 1);
    CHECK(!event["name"].get<std::string>().empty());
    used.insert(event["tid"].get<int>());
    steps += event["cat"] == "step";
  }
  CHECK(used == named);
  CHECK(steps > 0);
  CHECK(steps % 3 == 0);  // as many in each of the three runs
}

TEST_CASE("profile refuses a trace that cannot be written") {
  const auto run =
      run_program({"profile", "mlp", "--hidden", "4", "--steps", "1", "--trace", "/absent/trace.json"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains("cannot write '/absent/trace.json'"));
}
