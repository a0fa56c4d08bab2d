#include "line_chart.hpp"

#include "../page/markup.hpp"
#include "ticks.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

constexpr double title_height = 24, legend_row = 19, letter = 6.9;
constexpr double least_left_margin = 56, right_margin = 14, bottom_margin = 38;
constexpr double greatest = 1e300;  // so that no difference of two numbers overflows
constexpr std::size_t most_points_with_tooltip = 100;
constexpr std::size_t colours = 8, dashes = 3;

std::string class_of(std::size_t series) {
  return fmt::format("c{} d{}", series % colours, series % dashes);
}

/// Characters of UTF-8, all taken for equally wide.
double length_of(const std::string& text) {
  return static_cast<double>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string text(std::string_view css_class, double x, double y, std::string_view words) {
  return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", css_class, x, y,
                     escaped(words));
}

std::string line(std::string_view css_class, double x1, double y1, double x2, double y2) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", css_class, x1,
                     y1, x2, y2);
}

/// A chart while it is drawn: where numbers are on the picture.
class Drawing {
 public:
  explicit Drawing(const LineChart& chart) : chart_{chart} {
    measure();
    top_ = title_height + legend_row * legend_rows() + 10;
    bottom_ = chart.height - bottom_margin;
  }

  std::string svg() {
    out_ = fmt::format(R"(<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" )"
                       R"(width="{0:g}" height="{1:g}" role="img" aria-label="{2}">)",
                       chart_.width, chart_.height, escaped(chart_.title));
    out_ += text("title", 4, 16, chart_.title);
    add_legend();
    if (is_empty_)
      out_ += text("nothing", chart_.width / 2, (top_ + bottom_) / 2, "no finite numbers");
    else
      add_plot();
    return out_ + "</svg>\n";
  }

 private:
  bool is_shown(double x, double y) const {
    return std::abs(x) < greatest && std::abs(y) < greatest && (!is_logarithmic_ || y > 0);  // false for NaN
  }

  void measure() {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    double left = infinity, right = -infinity, low = infinity, high = -infinity;
    const auto measure_points = [&] {
      left = low = infinity;
      right = high = -infinity;
      for (const auto& series : chart_.series)
        for (std::size_t place = 0; place < series.x.size(); ++place) {
          if (!is_shown(series.x[place], series.y[place])) continue;
          left = std::min(left, series.x[place]);
          right = std::max(right, series.x[place]);
          low = std::min(low, series.y[place]);
          high = std::max(high, series.y[place]);
        }
    };
    measure_points();
    is_logarithmic_ =
        chart_.scale == LineChart::Scale::logarithmic ||
        (chart_.scale == LineChart::Scale::automatic && !chart_.is_share && low > 0 && high > 100 * low);
    if (is_logarithmic_) measure_points();
    is_empty_ = left > right;
    if (is_empty_) return;
    x_ = linear_ticks(left, right, 8, 1);
    x_.low = left == right ? left - 0.5 : left;  // lines reach both ends, and marks are where they may
    x_.high = left == right ? right + 0.5 : right;
    y_ = is_logarithmic_ ? logarithmic_ticks(low, high, 6) : linear_ticks(low, high, 6);
    if (chart_.is_share) {
      y_.low = std::max(y_.low, 0.0);
      y_.high = std::min(y_.high, 1.0);
    }
    for (const auto y : y_.marks) left_margin_ = std::max(left_margin_, 16 + letter * length_of(written(y)));
  }

  double across(double x) const {
    return left_margin_ + (x - x_.low) / (x_.high - x_.low) * (chart_.width - left_margin_ - right_margin);
  }
  double up(double y) const {
    const auto share = is_logarithmic_
                           ? (std::log10(y) - std::log10(y_.low)) / (std::log10(y_.high) - std::log10(y_.low))
                           : (y - y_.low) / (y_.high - y_.low);
    return bottom_ - share * (bottom_ - top_);
  }

  std::string written(double y) const {
    return chart_.is_share ? fmt::format("{:.6g} %", 100 * y) : fmt::format("{:.6g}", y);
  }

  /// Calls `place(series, x, row)` for each entry of the legend.
  template <class Place>
  int lay_out_legend(Place place) const {
    double x = 4;
    int row = 0;
    for (std::size_t series = 0; series < chart_.series.size(); ++series) {
      const auto width = 34 + letter * length_of(chart_.series[series].name);
      if (x > 4 && x + width > chart_.width) {
        x = 4;
        ++row;
      }
      place(series, x, row);
      x += width + 10;
    }
    return row + 1;
  }
  int legend_rows() const {
    return lay_out_legend([](std::size_t, double, int) {});
  }
  void add_legend() {
    lay_out_legend([&](std::size_t series, double x, int row) {
      const auto y = title_height + legend_row * row + 12;
      out_ += line("line " + class_of(series), x, y - 4, x + 26, y - 4);
      out_ += text("label", x + 32, y, chart_.series[series].name);
    });
  }

  void add_plot() {
    for (const auto y : y_.marks) {
      if (y < y_.low || y > y_.high) continue;
      out_ += line("grid", left_margin_, up(y), chart_.width - right_margin, up(y));
      out_ += text("tick y", left_margin_ - 8, up(y) + 4, written(y));
    }
    for (const auto x : x_.marks) {
      if (x < x_.low || x > x_.high) continue;
      out_ += line("axis", across(x), bottom_, across(x), bottom_ + 4);
      out_ += text("tick x", across(x), bottom_ + 17, fmt::format("{:.6g}", x));
    }
    out_ += line("axis", left_margin_, bottom_, chart_.width - right_margin, bottom_);
    out_ += text("tick y", chart_.width - right_margin, bottom_ + 33, chart_.x_label);
    if (chart_.mark && chart_.mark->x >= x_.low && chart_.mark->x <= x_.high) add_mark(*chart_.mark);
    for (std::size_t series = 0; series < chart_.series.size(); ++series) add_series(series);
  }

  void add_mark(const LineChart::Mark& mark) {
    const auto x = across(mark.x);
    out_ += line("mark", x, top_, x, bottom_);
    const bool is_at_right = x + 8 + letter * length_of(mark.label) > chart_.width;
    out_ += text(is_at_right ? "tick y" : "tick", x + (is_at_right ? -5 : 5), top_ + 9, mark.label);
  }

  void add_series(std::size_t index) {
    const auto& [name, xs, ys] = chart_.series[index];
    std::string path, points;
    bool is_joined = false;
    for (std::size_t place = 0; place < xs.size(); ++place) {
      const auto is_here = is_shown(xs[place], ys[place]);
      if (is_here) {
        const auto x = across(xs[place]), y = up(ys[place]);
        path += fmt::format("{}{:.1f} {:.1f}", is_joined ? "L" : "M", x, y);
        points += fmt::format(
            R"(<circle cx="{:.1f}" cy="{:.1f}" r="{}"><title>{}</title></circle>)", x, y,
            xs.size() == 1 ? 4 : 2.5,
            escaped(fmt::format("{} {:g}: {} {}", chart_.x_label, xs[place], name, written(ys[place]))));
      }
      is_joined = is_here;
    }
    out_ += fmt::format(R"(<path class="line {}" d="{}"/>)", class_of(index), path);
    if (xs.size() <= most_points_with_tooltip)
      out_ += fmt::format(R"(<g class="points c{}">{}</g>)", index % colours, points);
  }

  const LineChart& chart_;
  Ticks x_, y_;
  bool is_logarithmic_ = false, is_empty_ = false;
  double left_margin_ = least_left_margin, top_ = 0, bottom_ = 0;
  std::string out_;
};

}  // namespace

std::string to_svg(const LineChart& chart) {
  return Drawing{chart}.svg();
}

std::string to_svg_file(const std::string& title, const std::vector<LineChart>& charts, int columns) {
  constexpr double margin = 20, gap = 24, heading = 44;
  double width = 0, height = heading, row_width = margin, row_height = 0;
  std::string inner;
  for (std::size_t place = 0; place < charts.size(); ++place) {
    if (place > 0 && place % static_cast<std::size_t>(columns) == 0) {
      height += row_height + gap;
      row_width = margin;
      row_height = 0;
    }
    inner += fmt::format("<g transform=\"translate({:g} {:g})\">{}</g>\n", row_width, height,
                         to_svg(charts[place]));
    row_width += charts[place].width + gap;
    row_height = std::max(row_height, charts[place].height);
    width = std::max(width, row_width - gap + margin);
  }
  height += row_height + margin;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" "
      "height=\"{1:g}\">\n"
      "<style>{2}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
      "<g class=\"chart\"><text class=\"heading\" x=\"{3:g}\" y=\"30\">{4}</text></g>\n{5}</svg>\n",
      width, height, chart_style(), margin + 4, escaped(title), inner);
}

std::string chart_style() {
  // Colours that differ in lightness and hue, each at 3 : 1 or more against the paper.
  struct Colour {
    const char *light, *dark;
  };
  constexpr Colour lines[colours] = {{"#1f6fb5", "#6cb2f0"}, {"#c4541a", "#f0945c"}, {"#1c8563", "#4fc9a0"},
                                     {"#8450b0", "#c19be8"}, {"#8a6d00", "#d9bb45"}, {"#b83280", "#f08bc0"},
                                     {"#0f7f8f", "#58c7d6"}, {"#5b6670", "#aab4be"}};
  const auto scheme = [&](bool is_dark) {
    std::string rules = fmt::format(
        ".paper{{fill:{}}}.chart text{{fill:{}}}.chart .tick,.chart .nothing{{fill:{}}}"
        ".chart .grid{{stroke:{}}}.chart .axis,.chart .mark{{stroke:{}}}\n",
        is_dark ? "#15191f" : "#ffffff", is_dark ? "#e6e9ed" : "#1f2933", is_dark ? "#a3adb8" : "#59636e",
        is_dark ? "#2b323b" : "#e6e9ed", is_dark ? "#6b7682" : "#9aa5b1");
    for (std::size_t colour = 0; colour < colours; ++colour)
      rules += fmt::format(".line.c{0}{{stroke:{1}}}.points.c{0}{{fill:{1}}}", colour,
                           is_dark ? lines[colour].dark : lines[colour].light);
    return rules + "\n";
  };
  return ".chart text{font:12px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif}"
         ".chart .title{font-size:14px;font-weight:600}.chart .heading{font-size:18px;font-weight:600}"
         ".chart .y{text-anchor:end}.chart .x,.chart .nothing{text-anchor:middle}"
         ".chart .line{fill:none;stroke-width:2;stroke-linejoin:round}"
         ".chart .d1{stroke-dasharray:7 4}.chart .d2{stroke-dasharray:2 3}"
         ".chart .grid,.chart .axis,.chart .mark{stroke-width:1}.chart .mark{stroke-dasharray:3 3}\n" +
         scheme(false) + "@media (prefers-color-scheme:dark){" + scheme(true) + "}\n";
}

}  // namespace retrograph::program
