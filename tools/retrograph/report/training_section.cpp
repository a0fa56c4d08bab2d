#include <retrograph/graph/draw/render.hpp>

#include "../digits.hpp"
#include "../page/graph_picture.hpp"
#include "../page/markup.hpp"
#include "../page/page.hpp"
#include "number_text.hpp"
#include "sections.hpp"

#include <algorithm>

namespace retrograph::program {
namespace {

std::string pictures_of(const RunLog::Training& training) {
  if (!training.model || !can_render()) return {};
  const auto& known = optimizer_names();
  Graph graph;
  const auto model = make_model(graph, *training.model);
  DotOptions options{.show = DotOptions::Show::forward, .title = describe(*training.model)};
  auto html = graph_picture(graph, options, "forward");
  if (std::find(known.begin(), known.end(), training.optimizer) == known.end()) return html;
  OptimizerChoice optimizer;
  optimizer.name = training.optimizer;
  optimizer.history = 1;  // each further pair of lbfgs is drawn like the first, and ten take a minute
  make_training(model.loss, optimizer);
  options.show = DotOptions::Show::everything;
  return html + details("A whole step of training, with gradients and updates",
                        graph_picture(graph, options, "step"));
}

std::string epochs_table(const RunLog& log) {
  const bool has_validation = std::any_of(log.epochs.begin(), log.epochs.end(), [](const auto& epoch) {
    return std::isfinite(epoch.validation_loss);
  });
  const auto of_validation = [&](const std::string& cells) { return has_validation ? cells : ""; };
  std::string rows;
  for (const auto& epoch : log.epochs)
    rows += fmt::format(
        "<tr><td>{}{}</td><td>{}</td><td>{:.0f}</td><td>{}</td><td>{}</td>{}<td>{}</td><td>{}</td></tr>\n",
        epoch.is_best ? "★ " : "", epoch.number, duration(epoch.seconds), epoch.samples_per_second,
        number(epoch.train_loss), percent(epoch.train_accuracy),
        of_validation(fmt::format("<td>{}</td><td>{}</td>", number(epoch.validation_loss),
                                  percent(epoch.validation_accuracy))),
        number(epoch.test_loss), percent(epoch.test_accuracy));
  return fmt::format(
      "<div class=\"wide\"><table><thead><tr><th>epoch</th><th>time</th><th>samples / s</th>"
      "<th>training loss</th><th>accuracy</th>{}<th>test loss</th><th>accuracy</th></tr></thead><tbody>\n"
      "{}</tbody></table></div>\n{}",
      of_validation("<th>validation loss</th><th>accuracy</th>"), rows,
      of_validation("<p class=\"quiet\">★ the least validation loss so far</p>\n"));
}

}  // namespace

std::string training_section(const RunLog& log) {
  std::string html;
  if (log.training && !log.training->command.empty())
    html += fmt::format("<pre>{}</pre>\n", escaped(log.training->command));
  if (log.training && !log.training->data.empty())
    html += fmt::format("<p class=\"quiet\">Data: <code>{}</code></p>\n", escaped(log.training->data));
  html = section("Training", html + details("Every epoch in numbers", epochs_table(log)));
  return log.training ? html + section("Graph", pictures_of(*log.training)) : html;
}

}  // namespace retrograph::program
