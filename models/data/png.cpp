#include <retrograph/models/data/png.hpp>

#include <fmt/format.h>
#include <png.h>

#include <cmath>
#include <vector>

namespace retrograph {
namespace {

class PngReader {
 public:
  explicit PngReader(const std::filesystem::path& path) : PngReader{path.string()} {
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem);  // refuses folders, too
    if (problem) throw FileError{fmt::format("cannot read '{}': {}", name_, problem.message())};
    require(png_image_begin_read_from_file(&image_, name_.c_str()) != 0);
    image_.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // as pictures of 8 bits are
    require_room(size);
    require_picture_of_a_sample();
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_image_free(&image_); }

  Array read(const PngOptions& options) {
    image_.format = options.colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image_));
    const auto brightness = static_cast<png_byte>(std::lround(255 * options.background));
    const png_color background{brightness, brightness, brightness};
    constexpr png_int_32 rows_without_gaps = 0;
    require(png_image_finish_read(&image_, &background, pixels.data(), rows_without_gaps, nullptr) != 0);
    return channels_first(pixels, options.colour ? 3 : 1);
  }

 private:
  /// A whole object, which frees what was begun when the constructor that comes here throws.
  explicit PngReader(std::string name) : name_{std::move(name)} { image_.version = PNG_IMAGE_VERSION; }

  /// Deflated data stand for at most 1032 times as many bytes, and a row of pixels takes a bit each and a
  /// byte at least.
  void require_room(std::uint64_t size) const {
    const auto least = std::uint64_t{image_.height} * (1 + (std::uint64_t{image_.width} + 7) / 8);
    if (least > 1032 * size)
      throw DataError{fmt::format("'{}' promises {} x {} pixels, more than its {} bytes can hold", name_,
                                  image_.width, image_.height, size)};
  }

  /// Of ten or more bytes a pixel that reading takes, for pictures that become samples of a few.
  void require_picture_of_a_sample() const {
    constexpr std::uint64_t most_pixels = 100'000'000;
    if (std::uint64_t{image_.height} * image_.width > most_pixels)
      throw DataError{fmt::format("'{}' has {} x {} pixels, and at most {} are read", name_, image_.width,
                                  image_.height, most_pixels),
                      "make it smaller"};
  }

  Array channels_first(const std::vector<png_byte>& pixels, std::size_t channels) const {
    const std::int64_t height{image_.height}, width{image_.width};
    auto array = Array::uninitialized(
        {DType::float32, channels == 1 ? Extents{height, width}
                                       : Extents{static_cast<std::int64_t>(channels), height, width}});
    const auto values = array.values<float>();
    const auto area = pixels.size() / channels;
    for (std::size_t channel = 0; channel < channels; ++channel)
      for (std::size_t place = 0; place < area; ++place)
        values[channel * area + place] = static_cast<float>(pixels[place * channels + channel]) / 255.0f;
    return array;
  }

  void require(bool succeeded) const {
    if (!succeeded) throw DataError{fmt::format("'{}' is no whole PNG: {}", name_, image_.message)};
  }

  std::string name_;
  png_image image_{};
};

}  // namespace

Array read_png(const std::filesystem::path& path, const PngOptions& options) {
  return PngReader{path}.read(options);
}

}  // namespace retrograph
