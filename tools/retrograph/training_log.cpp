#include "training_log.hpp"

#include <retrograph/graph/whole_file.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>

namespace retrograph::program {

namespace {

using json = nlohmann::ordered_json;

json line_of(const EpochReport& report) {
  json line{{"epoch", report.epoch},
            {"seconds", report.seconds},
            {"samples_per_second", report.samples_per_second},
            {"train_loss", report.training.loss},
            {"train_accuracy", report.training.accuracy},
            {"test_accuracy", report.test.accuracy},
            {"test_loss", report.test.loss}};
  if (report.validation) {
    line["validation_loss"] = report.validation->loss;
    line["validation_accuracy"] = report.validation->accuracy;
    line["best"] = report.is_best;
  }
  return line;
}

}  // namespace

TrainingLog::TrainingLog(std::filesystem::path path, std::span<const EpochReport> former)
    : path_{std::move(path)} {
  std::string lines;
  for (const auto& report : former) lines += line_of(report).dump() + '\n';
  write_whole_file(path_, lines);
  errno = 0;
  file_.open(path_, std::ios::app);
  if (!file_) fail();
}

void TrainingLog::add(const EpochReport& report) {
  errno = 0;
  if (!(file_ << line_of(report) << std::endl))
    fail();  // flushed, so that a run can be watched and may be stopped
}

void TrainingLog::fail() const {
  throw FileError{fmt::format("cannot write '{}': {}", path_.string(), std::strerror(errno))};
}

}  // namespace retrograph::program
