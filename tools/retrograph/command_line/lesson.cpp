#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, LessonCommand& options) {
  auto& lesson = *program.add_subcommand(
      "lesson", "Repeat the lesson on softmax and cross-entropy, and check what it says");
  add_data(lesson, options.data, "Folder of the four MNIST files; ./tools/mnist fetches them");
  lesson.add_flag("--original", options.original,
                  "Train the hidden layer as the original does, whose gradient is 78.5 times too large");
  const auto add_count = [&](const char* name, std::int64_t& count, const char* description) {
    lesson.add_option(name, count, description)
        ->check(positive_integer)
        ->type_name("N")
        ->capture_default_str();
  };
  add_count("--seeds", options.seeds, "Trainings of each kind, whose means are shown");
  add_count("--epochs", options.epochs, "Passes over the 100 digits");
  add_threads(lesson, options.threads);
  lesson.add_option("--json", options.json, "Write the epochs of each rate and seed to this file")
      ->type_name("FILE");
  lesson
      .add_option("-o,--output", options.page,
                  "Write a page with formulas, curves and pictures of the graph to this file")
      ->check(file_ending_in({".html"}))
      ->type_name("FILE.html");
}

}  // namespace retrograph::program
