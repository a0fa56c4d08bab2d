#pragma once

#include <retrograph/models/training/training_record.hpp>

#include <nlohmann/json.hpp>

namespace retrograph {

/// All but the numbers of the best state, of which the step alone is there. Numbers come back with the same
/// bits, those that are not finite too.
nlohmann::json to_json(const TrainingRecord& record);
/// Throws nlohmann::json::exception if something is missing or of another type.
TrainingRecord record_from_json(const nlohmann::json& json);

}  // namespace retrograph
