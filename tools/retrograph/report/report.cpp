#include <retrograph/graph/whole_file.hpp>

#include "../chart/svg_to_png.hpp"
#include "../data.hpp"
#include "../page/page.hpp"
#include "curves.hpp"
#include "sections.hpp"
#include "style.hpp"
#include <fmt/format.h>

namespace retrograph::program {
namespace {

/// The images behind the mistakes: from the data set that is given, else from the one of the log if it is
/// still there.
std::optional<LabelledData> data_of(const ReportCommand& command, const RunLog& log) {
  if (!log.summary || log.summary->mistakes.empty()) return {};
  if (command.data) return read_data(*command.data);
  if (!log.training || !std::filesystem::exists(log.training->data)) return {};
  return read_data(log.training->data);
}

std::string page_of(const ReportCommand& command, const RunLog& log) {
  const auto data = data_of(command, log);
  return html_page(title_of(log),
                   overview(log) + curves_section(log) + health_section(log) + classes_section(log) +
                       mistakes_section(log, data ? &data->test : nullptr) + training_section(log),
                   report_style);
}

std::string curves_of(const RunLog& log) {
  auto charts = training_curves(log);
  for (auto& chart : health_curves(log)) charts.push_back(std::move(chart));
  return to_svg_file(title_of(log), charts);
}

std::string curves_of(const std::vector<RunLog>& logs) {
  return logs.size() > 1 ? to_svg_file("Accuracy", accuracy_curves(logs)) : curves_of(logs.front());
}

}  // namespace

void run(const ReportCommand& command) {
  std::vector<RunLog> logs;
  for (const auto& file : command.logs) logs.push_back(read_run_log(file));
  auto output = command.output.value_or(std::filesystem::path{command.logs[0]}.replace_extension(".html"));
  const auto ending = output.extension();
  if (ending == ".svg")
    write_whole_file(output, curves_of(logs));
  else if (ending == ".png")
    write_whole_file(output, svg_to_png(curves_of(logs)));
  else
    write_whole_file(output, page_of(command, logs.front()));
  fmt::print("wrote {}\n", output.string());
}

}  // namespace retrograph::program
