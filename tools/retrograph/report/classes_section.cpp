#include "../page/markup.hpp"
#include "../page/page.hpp"
#include "number_text.hpp"
#include "sections.hpp"

#include <algorithm>

namespace retrograph::program {
namespace {

/// A matrix of more classes fits no window.
constexpr std::int64_t most_columns = 26;
constexpr std::size_t pairs_shown = 20;

/// A class's name as the header of a "row" or a "col", which cuts a long one and shows it under the pointer.
std::string class_header(const RunLog& log, std::int64_t number, std::string_view scope) {
  return fmt::format("<th class=\"name\" scope=\"{0}\" title=\"{1}\">{1}</th>", scope,
                     escaped(log.name_of_class(number)));
}

/// A cell is as strong as its share of the row, mistakes being stronger, so that they stand out.
std::string cell(std::int64_t count, std::int64_t row_sum, bool is_right) {
  if (count == 0) return "<td class=\"none\">·</td>";
  const auto share = row_sum > 0 ? static_cast<double>(count) / static_cast<double>(row_sum) : 0;
  const auto strength = is_right ? 0.15 + 0.45 * share : std::min(0.75, 0.15 + 8 * share);
  return fmt::format("<td class=\"{}\" style=\"--s:{:.2f}\">{}</td>", is_right ? "right" : "wrong", strength,
                     count);
}

std::string matrix(const RunLog& log) {
  const auto& confusion = log.summary->confusion;
  std::string html =
      "<div class=\"wide\"><table class=\"confusion\"><caption class=\"quiet\">labelled by row, predicted by "
      "column"
      "</caption><thead><tr><th></th>";
  for (std::int64_t column = 0; column < std::ssize(confusion); ++column)
    html += class_header(log, column, "col");
  html += "</tr></thead><tbody>\n";
  for (std::int64_t label = 0; label < std::ssize(confusion); ++label) {
    const auto& row = confusion[static_cast<std::size_t>(label)];
    double sum = 0;
    for (const auto count : row) sum += static_cast<double>(count);
    html += "<tr>" + class_header(log, label, "row");
    for (std::int64_t predicted = 0; predicted < std::ssize(row); ++predicted)
      html +=
          cell(row[static_cast<std::size_t>(predicted)], static_cast<std::int64_t>(sum), predicted == label);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

/// Which classes are taken for which, most often first.
std::string pairs(const RunLog& log) {
  struct Pair {
    std::int64_t count, label, predicted;
  };
  std::vector<Pair> all;
  const auto& confusion = log.summary->confusion;
  for (std::size_t label = 0; label < confusion.size(); ++label)
    for (std::size_t predicted = 0; predicted < confusion.size(); ++predicted)
      if (label != predicted && confusion[label][predicted] > 0)
        all.push_back({confusion[label][predicted], static_cast<std::int64_t>(label),
                       static_cast<std::int64_t>(predicted)});
  std::stable_sort(all.begin(), all.end(), [](const Pair& a, const Pair& b) { return a.count > b.count; });
  all.resize(std::min(all.size(), pairs_shown));
  std::string rows;
  for (const auto& [count, label, predicted] : all)
    rows += fmt::format("<tr><td>{}</td><td class=\"words\">{}</td><td class=\"words\">{}</td></tr>\n", count,
                        escaped(log.name_of_class(label)), escaped(log.name_of_class(predicted)));
  return "<div class=\"wide\"><table><thead><tr><th>samples</th><th class=\"words\">labelled</th>"
         "<th class=\"words\">predicted</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string share_with_bar(double share) {
  const auto width = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
  return fmt::format("<td>{}<span class=\"bar\" style=\"--w:{:.1f}%\"></span></td>", percent(share),
                     100 * width);
}

std::string figures_of_classes(const RunLog& log) {
  std::string rows;
  for (std::int64_t label = 0; label < std::ssize(log.summary->classes); ++label) {
    const auto& figures = log.summary->classes[static_cast<std::size_t>(label)];
    rows += fmt::format("<tr>{}<td>{}</td>{}{}</tr>\n", class_header(log, label, "row"), figures.samples,
                        share_with_bar(figures.precision), share_with_bar(figures.recall));
  }
  return "<div "
         "class=\"wide\"><table><thead><tr><th>class</th><th>samples</th><th>precision</th><th>recall</th></"
         "tr>"
         "</thead><tbody>\n" +
         rows + "</tbody></table></div>\n";
}

}  // namespace

std::string classes_section(const RunLog& log) {
  if (!log.summary || log.summary->classes.empty()) return {};
  const bool is_small = std::ssize(log.summary->classes) <= most_columns;
  return section(is_small ? "Confusion matrix" : "What is taken for what",
                 is_small ? matrix(log) : pairs(log)) +
         section("Classes", figures_of_classes(log));
}

}  // namespace retrograph::program
