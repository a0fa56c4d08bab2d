#pragma once

#include <retrograph/models/optimizers/learning_rate.hpp>

#include "optimizers.hpp"

namespace retrograph::program {

/// The rate of some parameters, where `usual` is that of all others; a plateau lowers both alike.
LearningRate scheduled(double rate, double usual, const OptimizerChoice& choice,
                       const ReduceOnPlateau* plateau);

/// What lowers the rate where it is to be lowered so. Makes its slots.
std::optional<ReduceOnPlateau> plateau_of(Graph& graph, double rate, const OptimizerChoice& choice);

/// ", cosine over 12 steps, warm-up of 2".
std::string describe_schedule(const OptimizerChoice& choice);

/// An option that the schedule has not.
std::optional<WrongOption> wrong_schedule(const OptimizerChoice& choice);

}  // namespace retrograph::program
