#pragma once

#include "../commands.hpp"
#include <CLI/CLI.hpp>

namespace retrograph::program {

// Adds a command to the program's command line, with the options that fill what is asked for.

void add(CLI::App& program, TrainCommand& options);
void add(CLI::App& program, EvaluateCommand& options);
void add(CLI::App& program, PredictCommand& options);
void add(CLI::App& program, DrawCommand& options);
void add(CLI::App& program, BenchCommand& options);
void add(CLI::App& program, ProfileCommand& options);
void add(CLI::App& program, LessonCommand& options);
void add(CLI::App& program, ReportCommand& options);
void add(CLI::App& program, OpsCommand& options);

/// Throws CLI::ParseError if options lack others, those of a training that goes on being among them.
void require_sound(const TrainCommand& options);

}  // namespace retrograph::program
