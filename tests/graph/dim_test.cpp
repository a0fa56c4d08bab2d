#include <retrograph/graph/dim.hpp>
#include <retrograph/graph/error.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {
const auto batch = Dim::symbol("batch");
const auto time_steps = Dim::symbol("time");
}  // namespace

TEST_CASE("a dim is a number or a polynomial in symbols, written as one would by hand") {
  CHECK(to_string(Dim{784}) == "784");
  CHECK(to_string(batch) == "batch");
  CHECK(to_string(2 * batch + 1) == "2*batch + 1");
  CHECK(to_string(batch * time_steps - 3) == "batch*time - 3");
  CHECK(to_string(Dim{0} - batch) == "-batch");
}

TEST_CASE("dims are equal by their polynomials, not by the order in which they were made") {
  CHECK(batch * time_steps == time_steps * batch);
  CHECK((batch + 1) * 2 == 2 * batch + 2);
  CHECK(batch - batch == Dim{0});
  CHECK_FALSE(batch == time_steps);
  CHECK_FALSE(batch == Dim{64});
}

TEST_CASE("a dim divides exactly or not at all") {
  CHECK(divide_exactly(batch * 784, 784) == batch);
  CHECK(divide_exactly(batch * time_steps * 6, 2 * batch) == 3 * time_steps);
  CHECK(divide_exactly(2 * batch + 4, 2) == batch + 2);
  CHECK_FALSE(divide_exactly(batch, 2).has_value());
  CHECK_FALSE(divide_exactly(batch + 1, batch).has_value());
  CHECK_FALSE(divide_exactly(Dim{6}, 0).has_value());
}

TEST_CASE("a dim is divided and rounded up where the result is a polynomial again") {
  CHECK(divide_rounding_up(Dim{7}, 2) == Dim{4});
  CHECK(divide_rounding_up(Dim{-7}, 2) == Dim{-3});
  CHECK(divide_rounding_up(2 * batch - 1, 2) == batch);
  CHECK(divide_rounding_up(4 * batch + 5, 4) == batch + 2);
  CHECK_FALSE(divide_rounding_up(batch, 2).has_value());
}

TEST_CASE("a dim is evaluated under a binding") {
  const Binding binding{{"batch", 64}, {"time", 10}};
  CHECK((2 * batch + time_steps * batch - 1).evaluate(binding) == 128 + 640 - 1);
  CHECK((batch + time_steps).symbols() == std::vector<std::string>{"batch", "time"});
}

TEST_CASE("a dim refuses unbound symbols, negative extents, overflow and names that are none") {
  CHECK_REFUSED(FeedError, batch.evaluate({}), "the dim 'batch' is not bound");
  CHECK_REFUSED(FeedError, (batch - 2).evaluate({{"batch", 1}}), "the extent batch - 2 comes to -1");
  CHECK_REFUSED(ShapeError, Dim{std::int64_t{1} << 62} * 4, "does not fit 64 bits");
  CHECK_REFUSED(ShapeError, Dim::symbol("two words"), "'two words' is no name for a dim");
}
