#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, ReportCommand& options) {
  auto& report = *program.add_subcommand("report", "Make a page that shows how a training went");
  report
      .add_option("log", options.logs,
                  "The log that train --log wrote; of several logs, the accuracies side by side")
      ->required()
      ->take_all()
      ->type_name("RUN.jsonl");
  report
      .add_option("-o,--output", options.output,
                  "Where to; .html is the whole page, .svg and .png its curves [RUN.html]")
      ->check(file_ending_in({".html", ".svg", ".png"}))
      ->type_name("FILE");
  report
      .add_option("--data", options.data,
                  "The data set, for the pictures of mistakes [the one of the log, if it is there]")
      ->type_name("DIR");
  report.callback([&] {
    if (options.logs.size() > 1 && (!options.output || options.output->extension() == ".html"))
      throw CLI::ValidationError{"--output", "several logs are compared in a picture, .svg or .png"};
  });
}

}  // namespace retrograph::program
