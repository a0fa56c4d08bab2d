#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace retrograph::test {

struct ProgramRun {
  int exit_code;  // 128 + signal if one ended it
  std::string output;
  std::string errors;
};

/// Runs build/bin/retrograph with these arguments, its output going to files.
ProgramRun run_program(const std::vector<std::string>& arguments);

/// Likewise, and sends it a signal once this time has passed, unless it is over by then.
ProgramRun run_program_and_kill(const std::vector<std::string>& arguments, std::chrono::microseconds time,
                                int signal = SIGKILL);

/// Likewise, with a terminal of that many columns as its standard output.
ProgramRun run_program_on_terminal(const std::vector<std::string>& arguments, unsigned short columns);

/// Likewise, with standard output going to a file that exists, such as /dev/full.
ProgramRun run_program_into(const std::string& output, const std::vector<std::string>& arguments);

}  // namespace retrograph::test
