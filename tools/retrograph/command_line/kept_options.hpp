#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace retrograph::program {

// The options of a training are kept in its checkpoints, from which they are read as words of a command line.

/// JSON: the options that `command` was given, each with its words, and those of `former` that it was not.
std::string kept_options(const CLI::App& command, const std::string& former);

/// The words that give `command` these options again.
std::vector<std::string> words_of(const std::string& options);

/// The checkpoint of a `train --resume`.
std::optional<std::string> resumed_file(int argc, const char* const* argv);

}  // namespace retrograph::program
