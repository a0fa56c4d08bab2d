#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "support/png_files.hpp"
#include "tools/program.hpp"

#include <cstdlib>
#include <sstream>

using namespace retrograph::test;

namespace {

/// An environment variable for the time of a scope.
class Environment {
 public:
  Environment(std::string name, const std::string& value) : name_{std::move(name)} {
    if (const auto* before = std::getenv(name_.c_str())) before_ = before;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Environment() { ::setenv(name_.c_str(), before_.c_str(), 1); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::string name_, before_;
};

/// A model that knows the digits of write_mnist.
class Trained {
 public:
  Trained() {
    write_mnist(folder_.path(), 100, 20);
    const auto run = run_program({"train", "mlp", "--hidden", "16", "--batch", "16", "--epochs", "12",
                                  "--data", folder_.path().string(), "--save", path("weights")});
    REQUIRE(run.errors.empty());
  }

  std::string path(std::string_view name) const { return folder_ / name; }
  std::vector<std::string> arguments(std::vector<std::string> samples) const {
    samples.insert(samples.begin(), "predict");
    samples.insert(samples.end(), {"--load", path("weights"), "--data", folder_.path().string()});
    return samples;
  }
  ProgramRun predict(const std::vector<std::string>& samples) const {
    return run_program(arguments(samples));
  }

 private:
  TemporaryFolder folder_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("predict shows test samples, in the order that is asked for, with ten bars and their labels") {
  const Environment plain{"LC_ALL", "C"};
  const Trained trained;
  const auto run = trained.predict({"17", "4"});
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  const auto lines = lines_of(run.output);
  REQUIRE(lines.size() == 2 * 16);
  CHECK_THAT(lines[0], contains("test sample 17: 7 with "));
  CHECK_THAT(lines[0], contains(" %, as labelled"));
  CHECK_THAT(lines[16], contains("test sample 4: 4 with "));
  for (std::size_t label = 0; label < 10; ++label) {
    const auto& line = lines[1 + 2 + label];
    const auto place = line.find("    " + std::to_string(label) + "  ");
    REQUIRE(place != std::string::npos);
    CHECK((line.find('#', 30) != std::string::npos) == (label == 7));
    CHECK(line.substr(14, 2) != line.substr(10, 2));  // columns 14 and 15 of a seven are bright
  }
}

TEST_CASE("predict says so where the label is another") {
  const Trained trained;
  write_file(trained.path("t10k-labels-idx1-ubyte"), idx_bytes({20}, Bytes(20, 3)));
  CHECK_THAT(trained.predict({"17"}).output, contains(", but labelled 3\n"));
}

TEST_CASE("predict reads a picture of dark ink on light paper, and shows what the model sees") {
  // A stroke of 56 x 4 pixels becomes one of 28 x 2: as high as the digits of write_mnist.
  const Environment plain{"LC_ALL", "C"};
  const Trained trained;
  Bytes page(90 * 60, 230);
  for (std::size_t y = 20; y < 76; ++y)
    for (std::size_t x = 40; x < 44; ++x) page[y * 60 + x] = 20;
  const auto file = write_file(trained.path("page.png"), grey_png(60, 90, page)).string();
  const auto run = trained.predict({file});
  CHECK(run.errors.empty());
  const auto lines = lines_of(run.output);
  REQUIRE(lines.size() == 16);
  CHECK_THAT(lines[0], contains(file + ": "));
  CHECK(lines[0].find("label") == std::string::npos);
  for (std::size_t line = 0; line < 14; ++line) CHECK(lines[1 + line].substr(0, 28).find("@@") == 14);
}

TEST_CASE("predict reads white ink on a transparent ground") {
  const Environment plain{"LC_ALL", "C"};
  const Trained trained;
  Bytes page(2 * 40 * 40, 255);
  for (std::size_t place = 0; place < 40 * 40; ++place)
    page[2 * place + 1] = place % 40 / 4 == 5 && place / 40 > 3 && place / 40 < 36 ? 255 : 0;
  const auto file =
      write_file(trained.path("page.png"), png_bytes(PngKind::grey_alpha, 8, 40, 40, page)).string();
  const auto run = trained.predict({file});
  CHECK(run.errors.empty());
  CHECK_THAT(run.output, contains("@@"));
}

TEST_CASE("predict draws shades where the terminal knows them, and half blocks with colours on one") {
  const Trained trained;
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  {
    const Environment utf8{"LC_ALL", "C.UTF-8"};
    const auto piped = trained.predict({"1"}).output;
    CHECK(has(piped, "▓"));
    CHECK(has(piped, "█████"));
    CHECK_FALSE(has(piped, "\x1b["));
    const Environment terminal{"TERM", "xterm-256color"};
    const auto shown = run_program_on_terminal(trained.arguments({"1"}), 80).output;
    CHECK(has(shown, "\x1b[38;5;"));
    CHECK(has(shown, "▀"));
    CHECK(has(shown, "\x1b[0m"));
    const Environment no_colour{"NO_COLOR", "1"};
    CHECK_FALSE(has(run_program_on_terminal(trained.arguments({"1"}), 80).output, "\x1b["));
  }
  const Environment plain{"LC_ALL", "POSIX"};
  for (const char letter : trained.predict({"1"}).output) CHECK(static_cast<unsigned char>(letter) < 128);
}

TEST_CASE("predict names what it cannot show") {
  const Trained trained;
  const auto check_fails = [&](const std::string& sample, const std::string& words) {
    const auto run = trained.predict({"0", sample});
    CHECK(run.exit_code == 1);
    CHECK(run.output.empty());
    CHECK_THAT(run.errors, contains(words));
  };
  check_fails("20", "there is no test sample 20\n  hint: there are 0 to 19");
  check_fails(trained.path("absent.png"), "cannot read '" + trained.path("absent.png") + "'");
  const auto blank = write_file(trained.path("blank.png"), grey_png(9, 9, Bytes(81, 255))).string();
  check_fails(blank, "'" + blank + "': there is no ink in the picture");
  check_fails(trained.path("weights"), "'" + trained.path("weights") + "' is no whole PNG");
}
