#include "training_log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>

namespace retrograph::program {

TrainingLog::TrainingLog(std::filesystem::path path) : path_{std::move(path)} {
  errno = 0;
  file_.open(path_);
  if (!file_) fail();
}

void TrainingLog::add(const EpochReport& report) {
  const nlohmann::ordered_json line{{"epoch", report.epoch},
                                    {"seconds", report.seconds},
                                    {"samples_per_second", report.samples_per_second},
                                    {"train_loss", report.training.loss},
                                    {"train_accuracy", report.training.accuracy},
                                    {"test_accuracy", report.test.accuracy}};
  errno = 0;
  if (!(file_ << line << std::endl)) fail();  // flushed, so that a run can be watched and may be stopped
}

void TrainingLog::fail() const {
  throw FileError{fmt::format("cannot write '{}': {}", path_.string(), std::strerror(errno))};
}

}  // namespace retrograph::program
