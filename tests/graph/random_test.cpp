#include <retrograph/graph/random.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;

TEST_CASE("philox gives the words that its authors published") {
  // kat_vectors of Random123 1.14, philox4x32 with 10 rounds.
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a random stream depends on seed, name and step, and on nothing else") {
  const RandomStream stream{1, "hidden/weight", 5};
  CHECK(stream.bits(7) == RandomStream{1, "hidden/weight", 5}.bits(7));
  CHECK(stream.bits(7) != stream.bits(8));
  CHECK(stream.bits(7) != RandomStream{2, "hidden/weight", 5}.bits(7));
  CHECK(stream.bits(7) != RandomStream{1, "hidden/bias", 5}.bits(7));
  CHECK(stream.bits(7) != RandomStream{1, "hidden/weight", 6}.bits(7));
}

TEST_CASE("random numbers have the moments of their distributions") {
  const RandomStream stream{1, "x"};
  constexpr int count = 100'000;
  double uniform = 0, normal = 0, square = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    uniform += stream.uniform(i);
    const auto x = stream.normal(i);
    normal += x;
    square += x * x;
  }
  // Five standard errors of each mean.
  CHECK(std::abs(uniform / count - 0.5) < 5 * std::sqrt(1.0 / 12 / count));
  CHECK(std::abs(normal / count) < 5 * std::sqrt(1.0 / count));
  CHECK(std::abs(square / count - 1) < 5 * std::sqrt(2.0 / count));
}
