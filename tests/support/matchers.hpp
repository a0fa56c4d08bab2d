#pragma once

#include <retrograph/graph/array.hpp>

#include "support/catch.hpp"

namespace retrograph::test {

/// How far apart two numbers may be: a multiple of the distance between neighbouring numbers of the expected
/// size (ulp), or a fixed distance.
struct Tolerance {
  double ulps = 0;
  double absolute = 0;
};
constexpr Tolerance operator""_ulp(unsigned long long count) {
  return {static_cast<double>(count), 0};
}
constexpr Tolerance absolute(double distance) {
  return {0, distance};
}

#if __has_include(<catch2/catch_all.hpp>)
using ArrayMatcherBase = Catch::Matchers::MatcherBase<Array>;
#else
using ArrayMatcherBase = Catch::MatcherBase<Array>;
#endif

/// Same dtype and extents, and every number equal within the tolerance (exactly by default). NaN equals NaN.
/// A failure names the first place that differs, both numbers and the tolerance.
class Equals : public ArrayMatcherBase {
 public:
  explicit Equals(Array expected) : expected_{std::move(expected)} {}
  Equals within(Tolerance tolerance) const;
  bool match(const Array& actual) const override;
  std::string describe() const override;

 private:
  double allowed(double expected) const;

  Array expected_;
  Tolerance tolerance_;
  mutable std::string difference_;
};

inline Equals equals(Array expected) {
  return Equals{std::move(expected)};
}

/// The message of what `body` throws; empty if it throws nothing.
template <class E, class F>
std::string message_of(F&& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  return {};
}

/// Passes if `body` throws an E whose message contains `words`.
#define CHECK_REFUSED(E, body, words)                                                    \
  do {                                                                                   \
    const auto refusal_message = retrograph::test::message_of<E>([&] { (void)(body); }); \
    CHECK_THAT(refusal_message, retrograph::test::contains(words));                      \
  } while (false)

#if __has_include(<catch2/catch_all.hpp>)
inline auto contains(const std::string& words) {
  return Catch::Matchers::ContainsSubstring(words);
}
#else
inline auto contains(const std::string& words) {
  return Catch::Matchers::Contains(words);
}
#endif

}  // namespace retrograph::test
