#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace retrograph::program {

/// A line of a chart. A point that is not finite, or not above 0 on a logarithmic axis, is a gap.
struct Series {
  std::string name;
  std::vector<double> x, y;
};

/// Lines over common axes, told apart by colour and by dashes.
struct LineChart {
  enum class Scale {
    automatic,  // logarithmic where all numbers are above 0 and the largest is more than 100 times the least
    linear,
    logarithmic
  };
  struct Mark {
    double x;
    std::string label;
  };

  std::string title;    // says what is upwards, and in which unit
  std::string x_label;  // such as "epoch"
  std::vector<Series> series;
  Scale scale = Scale::automatic;
  bool is_share = false;             // numbers in [0, 1], written as percentages
  std::optional<Mark> mark = {};     // an upright line, such as the best epoch
  double width = 480, height = 300;  // of the picture's own units, pixels where it is not scaled
};

/// The chart as an <svg> element: for a page, or a part of another svg, that has `chart_style()`. Axes,
/// ticks, a legend, and each point's numbers as its tooltip where there are few. All text is escaped.
std::string to_svg(const LineChart& chart);

/// The charts side by side in rows of `columns`, under a title: a picture of its own, with its style, which
/// follows the reader's light or dark colour scheme where the viewer knows it.
std::string to_svg_file(const std::string& title, const std::vector<LineChart>& charts, int columns = 2);

/// The CSS of charts, in both colour schemes.
std::string chart_style();

}  // namespace retrograph::program
