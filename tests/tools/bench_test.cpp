#include "../../tools/bench/numbers.hpp"
#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <nlohmann/json.hpp>

#include <array>

using namespace retrograph::test;
using nlohmann::json;

namespace {

/// The one object that `bench --only WORKLOAD --json` writes.
json measured(const std::string& workload, std::vector<std::string> more = {}) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments{"bench",           "--only", workload, "--threads",           "1",
                                     "--repetitions",   "2",      "--json", folder / "bench.json", "--data",
                                     folder / "no data"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto run = run_program(arguments);
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  const auto list = json::parse(read_file(folder / "bench.json"));
  REQUIRE(list.is_array());
  REQUIRE(list.size() == 1);
  return list[0];
}

}  // namespace

TEST_CASE("bench writes an object with the time, the sizes and the settings of a workload") {
  const auto object = measured("overhead");
  CHECK(object["workload"] == "overhead");
  CHECK(object["threads"] == 1);
  CHECK(object["repetitions"] == 2);
  CHECK(object["median_seconds"].get<double>() > 0);
  CHECK(object["min_seconds"].get<double>() > 0);
  CHECK(object["min_seconds"].get<double>() <= object["median_seconds"].get<double>());
  CHECK(object["nodes"].get<int>() > 2000);  // 1,000 additions and as many back
  CHECK(object["peak_bytes"].get<std::int64_t>() >= object["least_bytes"].get<std::int64_t>());
  CHECK(object["data"] == "random");
  CHECK(object["seconds_of"] == "run");
}

TEST_CASE(
    "bench adds x a thousand times to x, and its gradient is a thousand and one times the upstream one") {
  std::array<float, bench::add_extent> x, upstream;
  bench::fill(x, 1, 1);
  bench::fill(upstream, 2, 1);
  double expected = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    expected += (1 + bench::adds) * (x[i] * static_cast<double>(upstream[i]) + upstream[i]);
  // Each of 1,000 sums is rounded; together by less than 1,000 halves of 6e-8.
  CHECK(measured("overhead")["result"].get<double>() == Approx(expected).epsilon(3e-5));
}

TEST_CASE("bench comes to the same result with fusion and without, on one thread and on two") {
  const auto result = measured("overhead")["result"].get<double>();
  CHECK(result != 0);
  CHECK(measured("overhead-fused")["result"].get<double>() == Approx(result).epsilon(1e-5));
  CHECK(measured("overhead", {"--threads", "2"})["result"].get<double>() == result);
}

TEST_CASE("bench prints a line for each workload below the machine's peak, and names the data") {
  const TemporaryFolder folder;
  const auto run = run_program(
      {"bench", "--only", "overhead", "--repetitions", "1", "--threads", "2", "--data", folder / "no data"});
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("2 threads, 1 repetition each, random numbers for want of"));
  CHECK_THAT(run.output, contains("; peak "));
  CHECK_THAT(run.output, contains("\noverhead "));
  CHECK(run.output.find("\nmlp ") == std::string::npos);
}

TEST_CASE("bench uses the digits where there are some") {
  const TemporaryFolder folder;
  write_mnist(folder.path(), 10'000, 10);
  const auto object = measured("latency-10000", {"--data", folder.path().string()});
  CHECK(object["data"] == "mnist");
  CHECK(object["flop_per_second"].get<double>() > 0);
  CHECK(object["fraction_of_peak"].get<double>() > 0);
}

TEST_CASE("bench refuses a file that cannot be written") {
  const auto run =
      run_program({"bench", "--only", "overhead", "--repetitions", "1", "--json", "/absent/bench.json"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains("cannot write '/absent/bench.json'"));
}
