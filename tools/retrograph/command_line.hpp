#pragma once

#include "commands.hpp"

#include <variant>

namespace retrograph::program {

using Command = std::variant<TrainCommand, EvaluateCommand, PredictCommand, DrawCommand, BenchCommand,
                             ProfileCommand, LessonCommand, ReportCommand, OpsCommand>;

/// What the command line asks for; or, once help, version or a complaint is printed, the exit code.
/// Throws DataError or FileError if it asks to go on from a file that cannot be read or is no checkpoint.
std::variant<Command, int> parse_command_line(int argc, const char* const* argv);

}  // namespace retrograph::program
