#include <retrograph/ops/catalogue.hpp>

#include "support/matchers.hpp"
#include "tools/program.hpp"

#include <sstream>

using namespace retrograph;
using namespace retrograph::test;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("ops lists the whole catalogue in aligned columns, a line an op") {
  const auto run = run_program({"ops"});
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  const auto lines = lines_of(run.output);
  REQUIRE(lines.size() == catalogue().size() + 1);
  const auto column = [&](const std::string& title) { return lines[0].find("  " + title) + 2; };
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    const auto& entry = catalogue()[i];
    const auto& line = lines[i + 1];
    const auto says = [&](std::size_t place, std::string_view text) {
      return line.compare(place, text.size(), text) == 0;
    };
    CAPTURE(line);
    CHECK(says(0, entry.name));
    CHECK(says(column("formula"), entry.formula));
    CHECK(says(column("shapes"), entry.shapes));
    CHECK(says(column("gradient"), entry.gradient));
  }
}

TEST_CASE("ops writes both floats as float and both signed integers as int") {
  const auto lines = lines_of(run_program({"ops"}).output);
  for (const auto& line : lines)
    if (line.starts_with("add ")) CHECK_THAT(line, contains("  float int uint8  "));
}

TEST_CASE("ops takes several lines an op where the terminal is too narrow for one") {
  const auto run = run_program_on_terminal({"ops"}, 80);
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, contains("gradient: upstream, upstream\r\n"));
  const auto wide = run_program_on_terminal({"ops"}, 1000);
  CHECK(lines_of(wide.output).size() == catalogue().size() + 1);
}

TEST_CASE("ops says when its output cannot be written") {
  const auto run = run_program_into("/dev/full", {"ops"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, contains("retrograph: cannot write to "));
  CHECK_THAT(run.errors, contains(": No space left on device"));
}
