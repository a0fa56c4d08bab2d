#include <retrograph/models/data/png.hpp>

#include "support/matchers.hpp"
#include "support/png_files.hpp"
#include <fmt/format.h>

#include <numeric>

using namespace retrograph;
using namespace retrograph::test;

namespace {

Array read(const Bytes& bytes, const PngOptions& options = {}) {
  const TemporaryFolder folder;
  return read_png(write_file(folder / "a.png", bytes), options);
}

Array grey(Extents extents, const std::vector<int>& levels) {
  auto array = Array{std::move(extents)};
  for (std::size_t i = 0; i < levels.size(); ++i)
    array.values<float>()[i] = static_cast<float>(levels[i]) / 255.0f;
  return array;
}

/// Lowers or raises the width that the header promises, and mends its check sum so that only the promise is
/// wrong.
Bytes with_extents(Bytes bytes, std::uint32_t width, std::uint32_t height) {
  std::size_t place = 16;
  for (const auto extent : {width, height})
    for (const int shift : {24, 16, 8, 0}) bytes[place++] = static_cast<std::uint8_t>(extent >> shift);
  std::uint32_t check = 0xffffffff;  // CRC-32 of chunk type and content
  for (std::size_t i = 12; i < 29; ++i) {
    check ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) check = check >> 1 ^ (check & 1 ? 0xedb88320 : 0);
  }
  check = ~check;
  for (const int shift : {24, 16, 8, 0}) bytes[place++ + 5] = static_cast<std::uint8_t>(check >> shift);
  return bytes;
}

}  // namespace

TEST_CASE("read_png keeps each of 256 greys, rows first") {
  Bytes pixels(256);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  std::vector<int> levels(256);
  std::iota(levels.begin(), levels.end(), 0);
  CHECK_THAT(read(grey_png(64, 4, pixels)), equals(grey({4, 64}, levels)));
  CHECK_THAT(read(png_bytes(PngKind::palette, 8, 64, 4, pixels)), equals(grey({4, 64}, levels)));
}

TEST_CASE("read_png reads greys of 1 and of 16 bits, colours and transparency") {
  CHECK_THAT(read(png_bytes(PngKind::grey, 1, 3, 2, {0b10100000, 0b01000000})),
             equals(grey({2, 3}, {255, 0, 255, 0, 255, 0})));
  CHECK_THAT(read(png_bytes(PngKind::grey, 16, 2, 1, {0xff, 0xff, 0x80, 0x80})),
             equals(grey({1, 2}, {255, 128})));
  CHECK_THAT(read(png_bytes(PngKind::rgb, 8, 2, 1, {90, 90, 90, 255, 255, 255})),
             equals(grey({1, 2}, {90, 255})));
  const auto transparent = png_bytes(PngKind::grey_alpha, 8, 3, 1, {70, 255, 70, 0, 255, 0});
  CHECK_THAT(read(transparent), equals(grey({1, 3}, {70, 255, 255})));
  CHECK_THAT(read(transparent, {.background = 0}), equals(grey({1, 3}, {70, 0, 0})));
  CHECK_THAT(read(png_bytes(PngKind::rgb_alpha, 8, 2, 1, {50, 50, 50, 255, 9, 9, 9, 0})),
             equals(grey({1, 2}, {50, 255})));
}

TEST_CASE("read_png gives colours apart, the channel first") {
  const auto bytes = png_bytes(PngKind::rgb, 8, 2, 1, {1, 2, 3, 4, 5, 6});
  CHECK_THAT(read(bytes, {.colour = true}), equals(grey({3, 1, 2}, {1, 4, 2, 5, 3, 6})));
  CHECK_THAT(read(grey_png(2, 1, {7, 8}), {.colour = true}), equals(grey({3, 1, 2}, {7, 8, 7, 8, 7, 8})));
}

TEST_CASE("read_png refuses a file that is cut off anywhere, or is none") {
  const TemporaryFolder folder;
  const auto path = folder / "digit.png";
  Bytes pixels(16 * 16);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  const auto bytes = grey_png(16, 16, pixels);
  const auto end_of_pixels = bytes.size() - 12 - 4;  // before the end chunk and the last check sum
  for (std::size_t size = 0; size < end_of_pixels; ++size) {
    CAPTURE(size);
    write_file(path, Bytes{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
    CHECK_REFUSED(DataError, read_png(path), fmt::format("'{}' is no whole PNG: ", path.string()));
  }
  write_file(path, "no picture at all, but a sentence");
  CHECK_REFUSED(DataError, read_png(path), "Not a PNG");
  CHECK_REFUSED(FileError, read_png(folder / "absent.png"),
                fmt::format("cannot read '{}", (folder / "absent.png").string()));
  CHECK_REFUSED(FileError, read_png(folder.path()), folder.path().string());
}

TEST_CASE("read_png refuses pixels that were changed on the way") {
  const TemporaryFolder folder;
  auto bytes = grey_png(8, 8, Bytes(64, 77));
  bytes[8 + 25 + 8 + 6] ^= 0x40;  // behind signature, header and the start of the pixels
  CHECK_REFUSED(DataError, read_png(write_file(folder / "a.png", bytes)), "is no whole PNG");
}

TEST_CASE("read_png takes no memory for what a file cannot hold") {
  const TemporaryFolder folder;
  const auto honest = grey_png(8, 8, Bytes(64, 77));
  CHECK(read(with_extents(honest, 8, 8)).size() == 64);  // the check sum is mended well
  const auto path = write_file(folder / "huge.png", with_extents(honest, 900'000, 900'000));
  CHECK_REFUSED(DataError, read_png(path),
                fmt::format("'{}' promises 900000 x 900000 pixels, more than its ", path.string()));
  write_file(path, with_extents(honest, 0xffffffff, 1));
  CHECK_REFUSED(DataError, read_png(path), "is no whole PNG");
}

TEST_CASE(
    "read_png takes no memory for a picture that is larger than any of a digit, though it is all there") {
  const TemporaryFolder folder;
  const std::uint32_t width = 10'001, height = 10'000;
  const auto path = write_file(folder / "wall.png",
                               png_bytes(PngKind::grey, 1, width, height, Bytes((width + 7) / 8 * height)));
  CHECK_REFUSED(DataError, read_png(path),
                fmt::format("'{}' has 10001 x 10000 pixels, and at most 100000000 are read", path.string()));
}
