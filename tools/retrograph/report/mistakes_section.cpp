#include <retrograph/graph/error.hpp>
#include <retrograph/models/data/dataset.hpp>

#include "../page/inline_picture.hpp"
#include "../page/markup.hpp"
#include "../page/page.hpp"
#include "number_text.hpp"
#include "sections.hpp"

#include <algorithm>
#include <numeric>

namespace retrograph::program {
namespace {

constexpr std::size_t classes_shown = 3;

void require_sample(const Mistake& mistake, const Dataset& test) {
  const auto is_there = mistake.index < test.size();
  if (is_there && static_cast<std::int64_t>(test.labels.at(mistake.index)) == mistake.label) return;
  throw DataError{fmt::format("the data set is not the one of the log: test sample {} {}", mistake.index,
                              is_there ? fmt::format("is labelled {:g} there, and {} in the log",
                                                     test.labels.at(mistake.index), mistake.label)
                                       : fmt::format("is not among its {}", test.size())),
                  "name the folder that was trained on with --data"};
}

/// Rows of numbers do not say themselves how they are a picture: the model does, or they are square.
Extents extents_of_image(const RunLog& log, const Dataset& test) {
  auto extents = test.images.extents();
  extents.erase(extents.begin());
  if (extents.size() >= 2) return extents;
  const auto size = test.images.size() / test.size();
  if (log.training && log.training->model && element_count(log.training->model->image) == size)
    return log.training->model->image;
  const auto side = std::llround(std::sqrt(static_cast<double>(size)));
  return side * side == size ? Extents{side, side} : Extents{};
}

std::string picture(const RunLog& log, const Mistake& mistake, const Dataset& test) {
  require_sample(mistake, test);
  const auto size = static_cast<std::size_t>(test.images.size() / test.size());
  const auto row = test.images.values<float>().subspan(static_cast<std::size_t>(mistake.index) * size, size);
  const auto extents = extents_of_image(log, test);
  if (extents.size() != 2 && (extents.size() != 3 || extents[0] != 3)) return {};  // of a table, for example
  return fmt::format("<img alt=\"test sample {}\" src=\"{}\">", mistake.index,
                     inline_picture(Array::copy_of(extents, row)));
}

/// The likeliest classes with bars, and the labelled one if it is not among them.
std::string probabilities(const RunLog& log, const Mistake& mistake) {
  std::vector<std::size_t> classes(mistake.probabilities.size());
  std::iota(classes.begin(), classes.end(), std::size_t{0});
  const auto probability = [&](std::size_t number) {
    const auto value = mistake.probabilities[number];
    return std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0.0;
  };
  std::stable_sort(classes.begin(), classes.end(),
                   [&](auto a, auto b) { return probability(a) > probability(b); });
  const auto label = static_cast<std::size_t>(mistake.label);
  const auto shown = std::min(classes.size(), classes_shown);
  if (std::find(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(shown), label) ==
      classes.begin() + static_cast<std::ptrdiff_t>(shown))
    classes[shown - 1] = label;
  classes.resize(shown);
  std::string lines;
  for (const auto number : classes)
    lines +=
        fmt::format("<span class=\"chance {}\" style=\"--w:{:.1f}%\"><span>{}</span><span>{}</span></span>",
                    number == label ? "right" : "wrong", 100 * probability(number),
                    escaped(log.name_of_class(static_cast<std::int64_t>(number))),
                    percent(mistake.probabilities[number]));
  return lines;
}

}  // namespace

std::string mistakes_section(const RunLog& log, const Dataset* test) {
  if (!log.summary || log.summary->mistakes.empty()) return {};
  std::string html =
      "<p class=\"quiet\">Test samples that were given the least probability of their label, the worst "
      "first.</p>\n";
  if (!test)
    html +=
        "<p>The pictures are not here, as the data set was not: <code>retrograph report</code> with "
        "<code>--data DIR</code> puts them in.</p>\n";
  html += "<div class=\"mistakes\">\n";
  for (const auto& mistake : log.summary->mistakes)
    html += fmt::format(
        "<figure>{}<figcaption><strong>{}</strong>, labelled <strong>{}</strong>"
        "<span class=\"quiet\"> · sample {}</span>{}</figcaption></figure>\n",
        test ? picture(log, mistake, *test) : "", escaped(log.name_of_class(mistake.predicted)),
        escaped(log.name_of_class(mistake.label)), mistake.index, probabilities(log, mistake));
  return section("Worst mistakes", html + "</div>\n");
}

}  // namespace retrograph::program
