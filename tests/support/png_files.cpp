#include "support/png_files.hpp"

#include <png.h>

#include <array>
#include <stdexcept>

namespace retrograph::test {
namespace {

void append(png_structp png, png_bytep data, png_size_t size) {
  auto& bytes = *static_cast<Bytes*>(png_get_io_ptr(png));
  bytes.insert(bytes.end(), data, data + size);
}

[[noreturn]] void fail(png_structp, png_const_charp message) {
  throw std::runtime_error{message};
}

}  // namespace

Bytes png_bytes(PngKind kind, int depth, std::uint32_t width, std::uint32_t height, const Bytes& samples) {
  Bytes bytes;
  auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, nullptr);
  auto* info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append, nullptr);
  png_set_IHDR(png, info, width, height, depth, static_cast<int>(kind), PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::array<png_color, 256> palette;
  for (std::size_t i = 0; i < palette.size(); ++i) {
    const auto level = static_cast<png_byte>(i);
    palette[i] = {level, level, level};
  }
  if (kind == PngKind::palette) png_set_PLTE(png, info, palette.data(), 1 << depth);
  png_write_info(png, info);
  const auto row_bytes = samples.size() / height;
  for (std::uint32_t row = 0; row < height; ++row) png_write_row(png, samples.data() + row * row_bytes);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

Bytes grey_png(std::uint32_t width, std::uint32_t height, const Bytes& pixels) {
  return png_bytes(PngKind::grey, 8, width, height, pixels);
}

}  // namespace retrograph::test
