#include "support/formulas.hpp"
#include "support/generated_loops.hpp"
#include "support/instruction_set_limit.hpp"
#include <sys/mman.h>
#include <unistd.h>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Numbers of each place of a loop, with some behind them that must stay as they are.
template <class T>
class Memory {
 public:
  Memory(std::size_t places, std::size_t count, std::uint32_t seed) : count_{count} {
    std::mt19937 random{seed};
    for (std::size_t place = 0; place < places; ++place) {
      auto& numbers = numbers_.emplace_back();
      for (std::size_t i = 0; i < count + behind; ++i)
        numbers.push_back(static_cast<T>(static_cast<double>(random() % 17) - 8) / 4);
    }
    for (auto& numbers : numbers_) addresses_.push_back(reinterpret_cast<std::byte*>(numbers.data()));
    before_ = numbers_;
  }
  std::byte* const* addresses() const { return addresses_.data(); }
  T before(std::size_t place, std::size_t i) const { return before_[place][i]; }
  T now(std::size_t place, std::size_t i) const { return numbers_[place][i]; }
  bool is_untouched(std::size_t place, std::size_t from) const {
    return std::equal(numbers_[place].begin() + static_cast<std::ptrdiff_t>(from), numbers_[place].end(),
                      before_[place].begin() + static_cast<std::ptrdiff_t>(from));
  }

 private:
  static constexpr std::size_t behind = 40;
  std::size_t count_;
  std::vector<std::vector<T>> numbers_, before_;
  std::vector<std::byte*> addresses_;
};

/// Memory up to the end of a page, with one behind it that nobody may touch.
class EndOfPage {
 public:
  EndOfPage() {
    if (pages_ == MAP_FAILED || mprotect(end(), page_, PROT_NONE) != 0) throw std::bad_alloc{};
  }
  ~EndOfPage() { munmap(pages_, 2 * page_); }
  EndOfPage(const EndOfPage&) = delete;
  EndOfPage& operator=(const EndOfPage&) = delete;
  std::byte* end() const { return static_cast<std::byte*>(pages_) + page_; }

 private:
  std::size_t page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* pages_ = mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
};

/// Operands at the first places, of which every third stands still; each fifth value is a result, at places
/// after them.
template <class T>
void require_values_of(const Formula& formula, std::uint32_t operand_count, std::size_t count,
                       std::uint32_t seed) {
  std::vector<GeneratedLoop::Operand> operands;
  for (std::uint32_t place = 0; place < operand_count; ++place)
    operands.push_back({static_cast<GeneratedLoop::Place>(place), place % 3 != 2});
  std::vector<GeneratedLoop::Result> results;
  const auto first = operand_count + 3;
  for (auto value = first; value < formula.steps().size(); ++value)
    if (value % 5 == 0 || value + 1 == formula.steps().size())
      results.push_back({value, static_cast<GeneratedLoop::Place>(operand_count + results.size())});
  Memory<T> memory{operand_count + results.size(), count, seed};
  const GeneratedLoop loop{
      dtype_of<T>(), formula, operands, results,
      std::array<GeneratedLoop::Place, 2>{0, static_cast<GeneratedLoop::Place>(operand_count)}};
  loop.run(memory.addresses(), static_cast<std::int64_t>(count));

  for (std::size_t i = 0; i < count; ++i) {
    std::vector<T> numbers;
    for (const auto& [place, moves] : operands) numbers.push_back(memory.before(place, moves ? i : 0));
    const auto expected = values(formula, numbers);
    for (const auto& [value, place] : results)
      if (!same_bits(memory.now(place, i), expected[value])) {
        CAPTURE(i, value, memory.now(place, i), expected[value]);
        FAIL("another value");
      }
  }
  for (std::size_t place = 0; place < operand_count + results.size(); ++place)
    CHECK(memory.is_untouched(place, place < operand_count ? 0 : count));
}

}  // namespace

TEST_CASE("A generated loop makes the bits of its formula, and writes nothing behind them") {
  if (!can_generate_loops()) return;
  const auto count = static_cast<std::size_t>(GENERATE(0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100));
  const auto length = GENERATE(1, 2, 12, 60, 400);
  const auto operands = static_cast<std::uint32_t>(GENERATE(1, 4, 60));
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 5)));
  CAPTURE(count, length, operands, seed);
  const auto formula = random_formula(seed, operands, length);
  require_values_of<float>(formula, operands, count, seed);
  require_values_of<double>(formula, operands, count, seed);
}

TEST_CASE("A generated loop takes signed zeros, infinities and NaN as C++ does") {
  if (!can_generate_loops()) return;
  using enum Formula::Operation;
  const auto operation = GENERATE(add, subtract, multiply, divide, square_root, negate, absolute,
                                  choose_if_less, choose_if_at_most, choose_if_equal);
  Formula formula;
  for (std::uint32_t operand = 0; operand < 4; ++operand) formula.operand(operand);
  const auto result = formula.apply(operation, {0, 1, 2, 3});
  const auto infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> a, b;
  for (const auto x : {0.0f, -0.0f, 1.0f, -2.0f, infinity, -infinity, nan, 1e-40f, 3e38f})
    for (const auto y : {0.0f, -0.0f, 1.0f, -2.0f, infinity, -infinity, nan, 1e-40f, 3e38f}) {
      a.push_back(x);
      b.push_back(y);
    }
  std::vector<float> then(a.size(), 5.0f), otherwise(a.size(), -0.0f), y(a.size());
  std::array<std::byte*, 5> addresses;
  std::size_t place = 0;
  for (auto* numbers : {&a, &b, &then, &otherwise, &y})
    addresses[place++] = reinterpret_cast<std::byte*>(numbers->data());
  const std::vector<GeneratedLoop::Operand> operands{{0, true}, {1, true}, {2, true}, {3, true}};
  const std::vector<GeneratedLoop::Result> results{{result, 4}};
  const GeneratedLoop loop{DType::float32, formula, operands, results};
  loop.run(addresses.data(), static_cast<std::int64_t>(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(a[i], b[i]);
    CHECK(same_bits(y[i], calculate<float>(operation, {a[i], b[i], then[i], otherwise[i]})));
  }
}

TEST_CASE("A generated loop may write over an operand that it reads no more") {
  if (!can_generate_loops()) return;
  Formula formula;
  const auto x = formula.operand(0), y = formula.operand(1);
  const auto sum = formula.apply(Formula::Operation::add, {x, y});
  const auto product = formula.apply(Formula::Operation::multiply, {sum, y});
  std::vector<double> a(21), b(21);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i), b[i] = 2 * a[i] + 1;
  const std::array addresses{reinterpret_cast<std::byte*>(a.data()), reinterpret_cast<std::byte*>(b.data())};
  const std::vector<GeneratedLoop::Operand> operands{{0, true}, {1, true}};
  const std::vector<GeneratedLoop::Result> results{{sum, 0}, {product, 1}};
  const GeneratedLoop loop{DType::float64, formula, operands, results};
  loop.run(addresses.data(), 21);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto before = static_cast<double>(i);
    CHECK(a[i] == 3 * before + 1);
    CHECK(b[i] == (3 * before + 1) * (2 * before + 1));
  }
}

TEST_CASE("A generated loop reads and writes up to the end of its memory, and no further") {
  if (!can_generate_loops()) return;
  const auto dtype = GENERATE(DType::float32, DType::float64);
  const auto count = static_cast<std::size_t>(GENERATE(1, 7, 8, 9, 15, 16, 17, 31));
  const auto bytes = size_in_bytes(dtype);
  Formula formula;
  const auto sum = formula.apply(Formula::Operation::add, {formula.operand(0), formula.operand(1)});
  const auto root = formula.apply(Formula::Operation::square_root, {sum});
  const EndOfPage x, still, y;
  const std::array addresses{x.end() - count * bytes, still.end() - bytes, y.end() - count * bytes};
  const std::vector<GeneratedLoop::Operand> operands{{0, true}, {1, false}};
  const std::vector<GeneratedLoop::Result> results{{root, 2}};
  const GeneratedLoop loop{dtype, formula, operands, results, std::array<GeneratedLoop::Place, 2>{0, 2}};
  std::fill(addresses[2], y.end(), std::byte{0xff});
  loop.run(addresses.data(), static_cast<std::int64_t>(count));
  CHECK(std::all_of(addresses[2], y.end(), [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST_CASE("Loops are generated while not too many are alive") {
  if (!can_generate_loops()) return;
  Formula formula;
  const auto root = formula.apply(Formula::Operation::square_root, {formula.operand(0)});
  const std::vector<GeneratedLoop::Operand> operands{{0, true}};
  const std::vector<GeneratedLoop::Result> results{{root, 1}};
  std::vector<std::unique_ptr<GeneratedLoop>> loops;
  while (GeneratedLoop::is_available() && loops.size() < 10'000)
    loops.push_back(std::make_unique<GeneratedLoop>(DType::float32, formula, operands, results));
  CHECK(loops.size() <= 4096);
  CHECK_FALSE(GeneratedLoop::is_available());
  loops.pop_back();
  CHECK(GeneratedLoop::is_available());
}

TEST_CASE("No loop is generated for a machine without its instructions") {
  const InstructionSetLimit limit{detail::InstructionSet::avx2};
  CHECK_FALSE(GeneratedLoop::is_available());
}
