#include <retrograph/models/optimizers/line_search.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;

namespace {

struct Line {
  std::function<double(double)> value, slope;
  int looks = 0;

  std::optional<LinePoint> search(double first_step, const WolfeOptions& options = {}) {
    const auto at = [&](double step) {
      ++looks;
      return LinePoint{step, value(step), slope(step)};
    };
    return strong_wolfe(at, {0, value(0), slope(0)}, first_step, options);
  }
};

void check_meets_conditions(Line line, double first_step, const WolfeOptions& options = {}) {
  INFO("first step " << first_step);
  const auto found = line.search(first_step, options);
  REQUIRE(found);
  CHECK(found->value == line.value(found->step));
  CHECK(found->value <= line.value(0) + options.decrease * found->step * line.slope(0));
  CHECK(std::abs(found->slope) <= options.curvature * std::abs(line.slope(0)));
  CHECK(line.looks <= options.evaluations);
}

}  // namespace

TEST_CASE("a line search meets Wolfe's conditions from first steps too short and too long") {
  // The first function of More and Thuente (1994), section 5, with beta 2; and a parabola.
  const Line rational{[](double a) { return -a / (a * a + 2); },
                      [](double a) { return (a * a - 2) / ((a * a + 2) * (a * a + 2)); }};
  const Line parabola{[](double a) { return (a - 3) * (a - 3); }, [](double a) { return 2 * (a - 3); }};
  for (const double first_step : {1e-3, 0.1, 1.0, 10.0, 1000.0}) {
    check_meets_conditions(rational, first_step);
    check_meets_conditions(parabola, first_step);
    check_meets_conditions(rational, first_step, {.decrease = 1e-4, .curvature = 0.01, .evaluations = 40});
    check_meets_conditions(parabola, first_step, {.decrease = 1e-4, .curvature = 0.01, .evaluations = 40});
  }
}

TEST_CASE("a line search takes a value that is not finite for a step too far") {
  const Line logarithm{[](double a) { return a - 2 * std::log(a + 1) + (a > 5 ? NAN : 0); },
                       [](double a) { return 1 - 2 / (a + 1); }};
  for (const double first_step : {1.0, 6.0, 1e6}) check_meets_conditions(logarithm, first_step);
}

TEST_CASE("a line search gives up where nothing is lower, after the evaluations it has") {
  Line rising{[](double a) { return a; }, [](double) { return -1.0; }};  // the slope is a lie
  CHECK_FALSE(rising.search(1, {.evaluations = 7}));
  CHECK(rising.looks == 7);
}

TEST_CASE("a line search without a bottom goes as far as its evaluations let it") {
  Line falling{[](double a) { return -a; }, [](double) { return -1.0; }};
  const auto found = falling.search(1, {.evaluations = 5});
  REQUIRE(found);
  CHECK(found->step == 16);
  CHECK(falling.looks == 5);
}
