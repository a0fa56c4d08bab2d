#include "inline_picture.hpp"

#include <retrograph/graph/error.hpp>

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retrograph::program {
namespace {

/// Pixel by pixel, each with its channels, in whole numbers up to 255.
std::vector<png_byte> pixels_of(const Array& image, std::size_t channels) {
  const auto values = image.values<float>();
  const auto area = values.size() / channels;
  std::vector<png_byte> pixels(values.size());
  for (std::size_t channel = 0; channel < channels; ++channel)
    for (std::size_t place = 0; place < area; ++place) {
      const auto value = values[channel * area + place];
      const auto cut = value > 0 ? std::min(value, 1.0f) : 0.0f;  // NaN is black
      pixels[place * channels + channel] = static_cast<png_byte>(std::lround(255 * cut));
    }
  return pixels;
}

std::vector<png_byte> png_of(const Array& image) {
  const auto& extents = image.extents();
  const bool is_grey = extents.size() == 2;
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.height = static_cast<png_uint_32>(extents[extents.size() - 2]);
  header.width = static_cast<png_uint_32>(extents.back());
  header.format = is_grey ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  const auto pixels = pixels_of(image, is_grey ? 1 : 3);
  constexpr int convert_to_8_bit = 0;
  constexpr png_int_32 rows_without_gaps = 0;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::vector<png_byte> bytes(size);
  if (png_image_write_to_memory(&header, bytes.data(), &size, convert_to_8_bit, pixels.data(),
                                rows_without_gaps, nullptr) == 0)
    throw Error{fmt::format("cannot make a PNG of an image: {}", header.message)};
  bytes.resize(size);
  return bytes;
}

/// RFC 4648, section 4.
std::string base64(const std::vector<png_byte>& bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t place = 0; place < bytes.size(); place += 3) {
    const auto count = std::min<std::size_t>(3, bytes.size() - place);
    std::uint32_t bits = 0;
    for (std::size_t byte = 0; byte < 3; ++byte) bits = bits << 8 | (byte < count ? bytes[place + byte] : 0u);
    for (std::size_t letter = 0; letter < 4; ++letter)
      text += letter <= count ? letters[bits >> (18 - 6 * letter) & 63] : '=';
  }
  return text;
}

}  // namespace

std::string inline_picture(const Array& image) {
  const auto& extents = image.extents();
  if (image.size() == 0 || !(extents.size() == 2 || (extents.size() == 3 && extents[0] == 3)))
    throw ShapeError{fmt::format("{} are no extents of a picture", to_string(extents)),
                     "[height, width] and [3, height, width] are"};
  return "data:image/png;base64," + base64(png_of(image));
}

}  // namespace retrograph::program
