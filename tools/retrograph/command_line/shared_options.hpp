#pragma once

#include "../commands.hpp"
#include "checks.hpp"

namespace retrograph::program {

// Options that several commands have, each with its check, its type for the help and its standard.

CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& value,
                        const std::vector<std::string>& choices, const std::string& description);
/// The model with `--hidden`, `--activation` and all else that makes it.
CLI::Option* add_model(CLI::App& command, ModelChoice& options);
/// Of data of all kinds that the program reads.
extern const char* const data_description;
void add_data(CLI::App& command, std::filesystem::path& data, const std::string& description);
void add_batch(CLI::App& command, std::int64_t& batch);
void add_optimizer(CLI::App& command, OptimizerChoice& optimizer);
/// All that the optimizer can be told.
void add_optimizer_options(CLI::App& command, OptimizerChoice& optimizer);
void add_threads(CLI::App& command, int& threads);
void add_weights(CLI::App& command, std::filesystem::path& file);

}  // namespace retrograph::program
