#include <retrograph/graph/error.hpp>

#include "command_line.hpp"
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

namespace retrograph::program {
namespace {

constexpr int failure = 1;

/// What was printed may still wait in a buffer, and the disk be full.
void flush_output() {
  if (std::fflush(stdout) != 0)
    throw FileError{fmt::format("cannot write to standard output: {}", std::strerror(errno))};
}

int report(std::string_view message) {
  std::fflush(stdout);
  fmt::print(stderr, "retrograph: {}\n", message);
  return failure;
}

int run_program(int argc, const char* const* argv) {
  try {
    const auto parsed = parse_command_line(argc, argv);
    if (const auto* exit_code = std::get_if<int>(&parsed)) return *exit_code;
    std::visit([](const auto& command) { run(command); }, std::get<Command>(parsed));
    flush_output();
    return 0;
  } catch (const std::bad_alloc&) {
    return report("there is not enough memory");
  } catch (const std::exception& error) {
    return report(error.what());
  }
}

}  // namespace
}  // namespace retrograph::program

int main(int argc, char** argv) {
  return retrograph::program::run_program(argc, argv);
}
