#include "../bench/workload.hpp"
#include "command_options.hpp"
#include "shared_options.hpp"
#include <fmt/format.h>

namespace retrograph::program {

void add(CLI::App& program, BenchCommand& options) {
  auto& bench = *program.add_subcommand("bench", "Time the workloads that the README compares");
  std::vector<std::string> names;
  for (const auto& workload : workloads()) names.emplace_back(workload.name);
  bench.add_option("--only", options.only, "One workload alone")
      ->check(CLI::IsMember(names).description(""))
      ->type_name(fmt::format("{}", fmt::join(names, "|")));
  add_threads(bench, options.threads);
  bench.add_option("--repetitions", options.repetitions, "How often each is timed")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
  add_data(bench, options.data, "Folder of the MNIST files; without it the numbers are random");
  bench.add_option("--json", options.json, "Write a list of objects, one a workload, to this file")
      ->type_name("FILE");
}

}  // namespace retrograph::program
