#include "../page/markup.hpp"
#include "../page/page.hpp"
#include "curves.hpp"
#include "number_text.hpp"
#include "sections.hpp"

namespace retrograph::program {
namespace {

constexpr std::size_t findings_shown = 12;

std::string svgs(const std::vector<LineChart>& charts) {
  std::string html;
  for (const auto& chart : charts) html += to_svg(chart);
  return html;
}

std::string finding_rows(const RunLog& log, std::size_t first, std::size_t count) {
  std::string rows;
  std::size_t place = 0;
  for (const auto& epoch : log.epochs)
    for (const auto& finding : epoch.findings) {
      if (place >= first && place - first < count)
        rows +=
            fmt::format("<tr><td>{}</td><td class=\"words\">{}</td></tr>\n", epoch.number, escaped(finding));
      ++place;
    }
  return "<div class=\"wide\"><table><thead><tr><th>epoch</th><th class=\"words\">what was "
         "found</th></tr></thead>"
         "<tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string findings_of(const RunLog& log) {
  std::size_t count = 0;
  for (const auto& epoch : log.epochs) count += epoch.findings.size();
  if (count == 0) return "<p>Nothing was found to be wrong with a layer in any epoch.</p>\n";
  auto html = finding_rows(log, 0, findings_shown);
  if (count > findings_shown)
    html += details(fmt::format("{} more findings", count - findings_shown),
                    finding_rows(log, findings_shown, count - findings_shown));
  return html;
}

std::string share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? percent(static_cast<double>(part) / static_cast<double>(whole)) : "–";
}

std::string table(const RunLog& log) {
  std::string rows;
  for (const auto& epoch : log.epochs)
    for (const auto& layer : epoch.health)
      rows += fmt::format(
          "<tr><td>{}</td><td class=\"words\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
          "<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
          epoch.number, escaped(layer.name), number(layer.learning_rate), number(layer.update_ratio),
          number(layer.largest_step), share(layer.too_large, layer.steps),
          share(layer.too_small, layer.steps), share(layer.zero, layer.steps), layer.not_finite,
          share(layer.dead, layer.units), share(layer.saturated, layer.inputs));
  return "<div class=\"wide\"><table><thead><tr><th>epoch</th><th class=\"words\">layer</th><th>learning "
         "rate</th>"
         "<th>step / weights</th><th>largest step</th><th>too large</th><th>too small</th><th>zero</th>"
         "<th>not finite</th><th>dead units</th><th>saturated</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>\n";
}

bool has_health(const RunLog& log) {
  for (const auto& epoch : log.epochs)
    if (!epoch.health.empty()) return true;
  return false;
}

}  // namespace

std::string curves_section(const RunLog& log) {
  const auto charts = training_curves(log);
  return charts.empty() ? "" : section("Curves", gallery(svgs(charts)));
}

std::string health_section(const RunLog& log) {
  if (!has_health(log)) return {};
  return section(
      "Gradient health",
      "<p class=\"quiet\">A step is what an update takes from a parameter: learning rate times gradient, or "
      "what the optimizer makes of it. Those of an epoch that were looked at are counted together.</p>\n" +
          findings_of(log) + gallery(svgs(health_curves(log))) +
          details("Every layer in every epoch", table(log)));
}

}  // namespace retrograph::program
