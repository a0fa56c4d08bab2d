#include "page.hpp"

#include "../page/markup.hpp"
#include "../page/page.hpp"
#include "original.hpp"
#include "table.hpp"
#include <fmt/format.h>

#include <regex>

namespace retrograph::program {
namespace {

constexpr std::string_view style = R"(
:root{--yes:#1c7a4d;--no:#b3401f}@media (prefers-color-scheme:dark){:root{--yes:#5fd09b;--no:#f08f6c}}
math[display=block]{margin:.8rem 0;font-size:1.12em}h3{font-size:1rem;margin:1.6rem 0 .3rem}
.original{color:var(--quiet)}.statements{width:100%}.statements td{vertical-align:top}
.statements .answer{font-weight:700;width:2.6em}.yes{color:var(--yes)}.no{color:var(--no)}
.statements .number{color:var(--quiet);width:50%}
code{white-space:nowrap}
.digits{max-width:37.5rem}.digits img{display:block;width:100%;border-radius:.5rem;margin-bottom:.4rem}
figure{margin:1rem 0}figcaption{color:var(--quiet);margin-bottom:.4rem}.picture svg{max-width:none}
)";

std::string table_row(const LessonRuns& runs, const MeasuredEpoch& measured) {
  const auto epoch = measured.epoch - 1;
  return fmt::format(
      "<tr><td>{}</td><td>{:.1f} %</td><td>{:.4f}</td><td>{:.0f}</td><td>{:.0f}</td>"
      "<td class=\"original\">{:.1f} %</td><td class=\"original\">{:g}</td>"
      "<td class=\"original\">{:.0f}</td><td class=\"original\">{:.0f}</td></tr>\n",
      measured.epoch, 100 * runs.mean(epoch, &LessonEpoch::accuracy), runs.mean(epoch, &LessonEpoch::loss),
      runs.mean(epoch, &LessonEpoch::too_large), runs.mean(epoch, &LessonEpoch::too_small), measured.accuracy,
      measured.loss, measured.too_large, measured.too_small);
}

std::string table(const LessonRuns& runs, const MeasuredTraining& measured) {
  std::string rows;
  for (const auto& epoch : measured.epochs)
    if (epoch.epoch <= runs.epoch_count()) rows += table_row(runs, epoch);
  return fmt::format(
      "<h3>Output rate {0:g}</h3>\n<div class=\"wide\"><table>\n<tr><th></th><th "
      "colspan=\"4\">retrograph</th>"
      "<th colspan=\"4\" class=\"original\">the original</th></tr>\n"
      "<tr><th>epoch</th>{1}{1}</tr>\n{2}</table></div>\n"
      "<p class=\"quiet\">Epochs to 95 %: {3} (the original: {4}). Of the 10,000 test digits, which the "
      "original "
      "did not look at, {5:.1f} % are right. A sample takes {6:.1f} µs.</p>\n",
      measured.output_rate, "<th>accuracy</th><th>loss</th><th>too large</th><th>too small</th>", rows,
      list_of_epochs(runs.epochs_to(0.95)), measured.epochs_to_95, 100 * runs.mean_test_accuracy(),
      1e6 * runs.seconds_per_sample);
}

/// The program's options in it are code, so that no line ends behind one of their hyphens.
std::string with_options(std::string_view text) {
  static const std::regex option{"--[a-z][a-z-]*"};
  return std::regex_replace(escaped(text), option, "<code>$&</code>");
}

std::string answers(std::span<const Statement> statements) {
  std::string text;
  std::string_view topic;
  for (const auto& statement : statements) {
    if (statement.topic != topic)
      text += fmt::format("{}<h3>{}</h3>\n<table class=\"statements\">\n", topic.empty() ? "" : "</table>\n",
                          escaped(statement.topic));
    topic = statement.topic;
    text += fmt::format(
        "<tr><td class=\"words answer {0}\">{0}</td><td class=\"words\">{1}</td><td class=\"words "
        "number\">{2}</td></tr>\n",
        statement.holds ? "yes" : "no", with_options(statement.text), with_options(statement.number));
  }
  return text + "</table>\n";
}

constexpr std::string_view about_the_rate = R"(
<p>The sum into a hidden unit is divided by 78.5 before the sigmoid, so that sums of some 100 stay where the sigmoid has
a slope. The derivative of that has the factor 1 / 78.5. The original's gradient, written by hand, leaves it out: its
steps are 78.5 times as large as its rate of 10 says. What it trains with is 10 · 78.5 = 785 times the right gradient.
<code>--original</code> takes 785 and gives the original's curves; without it the rate is 10 and the gradient right, and
the same net needs some 30 epochs in place of 4.</p>
)";

}  // namespace

std::string lesson_page(LessonTrainings& trainings, LessonVariant variant,
                        std::span<const LessonRuns* const> shown, std::span<const Statement> statements) {
  std::string tables;
  for (std::size_t i = 0; i < shown.size(); ++i) tables += table(*shown[i], measured_by_the_original[i]);
  const auto about = fmt::format(
      "<p>{}: {}.</p>\n"
      "<p>Each sample is judged just before its own step. A step is rate · gradient of the output layer: too "
      "large "
      "above 1, too small below 10<sup>−7</sup> and not 0, counted over an epoch of 31,000 of them. All "
      "figures are "
      "means over the seeds. At output rate 10 a rounding leads to another training after four epochs, and "
      "means of "
      "five seeds are in some epochs 4 to 13 points from that of sixty: the default five, from {} on, were "
      "chosen for "
      "being near the original's. Means of sixty are within 3 points of the original at every rate.</p>\n",
      escaped(describe(trainings)), with_options(describe(variant)), first_lesson_seed);
  const auto body = std::string{lesson_formulas()} +
                    section("The demo", about + lesson_digits_picture(trainings.digits()) + tables) +
                    section("Curves", lesson_charts(trainings, shown)) +
                    section("Why the hidden rate is 785, or 10", about_the_rate) +
                    section("What the lesson says, and what is so", answers(statements)) +
                    section("The graph", lesson_pictures(variant));
  return html_page("The lesson: softmax and cross-entropy", body, style);
}

}  // namespace retrograph::program
