#include "support/matchers.hpp"

#include <fmt/format.h>

#include <cmath>

namespace retrograph::test {

Equals Equals::within(Tolerance tolerance) const {
  auto copy = *this;
  copy.tolerance_ = tolerance;
  return copy;
}

double Equals::allowed(double expected) const {
  const auto size = std::abs(expected);
  const auto ulp = expected_.dtype() == DType::float64
                       ? std::nextafter(size, INFINITY) - size
                       : static_cast<double>(std::nextafter(static_cast<float>(size), INFINITY)) - size;
  return tolerance_.ulps > 0 ? tolerance_.ulps * ulp : tolerance_.absolute;
}

bool Equals::match(const Array& actual) const {
  if (actual.type() != expected_.type()) {
    difference_ =
        fmt::format("is {} {}, expected {} {}", to_string(actual.extents()), to_string(actual.dtype()),
                    to_string(expected_.extents()), to_string(expected_.dtype()));
    return false;
  }
  for (std::int64_t place = 0; place < actual.size(); ++place) {
    const auto a = actual.at(place), e = expected_.at(place);
    if (a == e || (std::isnan(a) && std::isnan(e))) continue;
    if (std::abs(a - e) <= allowed(e)) continue;
    difference_ = fmt::format("differs first at {}: {:.17g}, expected {:.17g}, allowed difference {:.3g}",
                              to_string(index_at(place, actual.extents())), a, e, allowed(e));
    return false;
  }
  difference_ = "equals the expected array";
  return true;
}

std::string Equals::describe() const {
  return difference_;
}

}  // namespace retrograph::test
